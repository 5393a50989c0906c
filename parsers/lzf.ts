import { RdbError } from "./errors.ts";
import type { Feed, Window } from "./window.ts";

/** One control byte expands to at most 264 bytes, from at least 3: no honest length claims more than this. */
const MAX_EXPANSION = 88;
/** Longest string that is compressed: lengths of lzf_compress() are C's unsigned int, lzf.h. */
const MAX_PLAIN_BYTES = 2 ** 32 - 1;

/** @throws {RdbError} BAD_LZF when no `packed` bytes of LZF can stand for `plain` bytes. */
export function checkLzfLengths(packed: number, plain: number, offset: number): void {
  if (plain > packed * MAX_EXPANSION || plain > MAX_PLAIN_BYTES || packed === 0 || plain === 0)
    throw new RdbError("BAD_LZF", offset, "impossible lengths");
}

/**
 * Expands an LZF stream that stands in a window, as the bytes are asked for, so that a compressed value of any
 * length needs no more memory than a window.
 *
 * Control byte: `000LLLLL` and L+1 literal bytes; else `LLLooooo [LLLLLLLL] oooooooo`, a copy of L+2 bytes
 * from o+1 bytes back.
 */
export class LzfFeed implements Feed {
  private input: Window;
  private packedLeft = 0;
  private plainLeft = 0;
  private literals = 0;
  private copies = 0;
  private distance = 0;
  private delivered = 0;

  constructor(input: Window) {
    this.input = input;
  }

  /**
   * Begins with the `packed` bytes at the input window's position, which stand for `plain` bytes.
   * @throws {RdbError} BAD_LZF when no LZF stream can be that good.
   */
  begin(packed: number, plain: number): void {
    checkLzfLengths(packed, plain, this.input.offset());
    this.packedLeft = packed;
    this.plainLeft = plain;
    this.literals = 0;
    this.copies = 0;
    this.delivered = 0;
  }

  next(target: Uint8Array, start: number, length: number): number {
    const end = start + Math.min(length, this.plainLeft);
    let out = start;
    while (out < end) {
      if (this.literals > 0) out = this.copyLiterals(target, out, end);
      else if (this.copies > 0) out = this.copyBack(target, out, end);
      else this.control();
    }
    this.plainLeft -= out - start;
    return out - start;
  }

  drop(): number {
    return 0;
  }

  /** Moves the input window behind the stream. @throws {RdbError} BAD_LZF when the stream was longer or shorter. */
  finish(): void {
    if (this.plainLeft === 0 && (this.packedLeft > 0 || this.literals > 0 || this.copies > 0)) {
      this.throwBad("more data than declared");
    }
    this.input.skip(this.packedLeft);
    this.packedLeft = 0;
  }

  private control(): void {
    const control = this.packedByte();
    if (control < 0x20) {
      this.literals = control + 1;
      if (this.literals > this.packedLeft) this.throwBad("literals beyond the end");
      return;
    }
    let copies = control >> 5;
    if (copies === 7) copies += this.packedByte();
    this.copies = copies + 2;
    this.distance = (((control & 0x1f) << 8) | this.packedByte()) + 1;
    if (this.distance > this.delivered) this.throwBad("back-reference before the beginning");
  }

  private copyLiterals(target: Uint8Array, out: number, end: number): number {
    const n = Math.min(this.literals, end - out);
    const input = this.input;
    input.require(n);
    const from = input.bytes;
    let p = input.pos;
    for (let i = out; i < out + n; i++) target[i] = from[p++]!;
    input.pos = p;
    this.literals -= n;
    this.packedLeft -= n;
    this.delivered += n;
    return out + n;
  }

  private copyBack(target: Uint8Array, out: number, end: number): number {
    const n = Math.min(this.copies, end - out);
    const distance = this.distance;
    for (let i = out; i < out + n; i++) target[i] = target[i - distance]!;
    this.copies -= n;
    this.delivered += n;
    return out + n;
  }

  private packedByte(): number {
    if (this.packedLeft === 0) this.throwBad("ends early");
    this.packedLeft--;
    return this.input.byte();
  }

  private throwBad(detail: string): never {
    throw new RdbError("BAD_LZF", this.input.offset(), detail);
  }
}
