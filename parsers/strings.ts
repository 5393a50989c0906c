import { checkLzfLengths, LzfFeed } from "./lzf.ts";
import type { ValueVisitor } from "./visitor.ts";
import { INT8, INT16, INT32, LZF, Window } from "./window.ts";

/** Skips one RDB string. */
export function skipString(w: Window): void {
  const n = w.length();
  if (n >= 0) w.skip(n);
  else skipSpecial(w, n);
}

/**
 * Skips one RDB string, and shows its bytes, `limit` of them at most. What is compressed, a number, or does not stand in
 * the window as a whole is not shown.
 */
export function skipStringSeen(
  w: Window,
  limit: number,
  see: (bytes: Uint8Array, start: number, end: number) => void,
): void {
  const n = w.length();
  if (n < 0) {
    skipSpecial(w, n);
    return;
  }
  if (n <= limit && w.limit - w.pos >= n) see(w.bytes, w.pos, w.pos + n);
  w.skip(n);
}

/**
 * Skips `count` RDB strings. The two short length forms are read in a loop without calls: this is what finds
 * the record boundaries of a whole snapshot.
 */
export function skipStrings(w: Window, count: number): void {
  const bytes = w.bytes;
  for (let left = count; left > 0; ) {
    let p = w.pos;
    const safe = w.limit - 1;
    while (left > 0 && p < safe) {
      const first = bytes[p]!;
      if (first < 0x40) p += 1 + first;
      else if (first < 0x80) p += 2 + (((first & 0x3f) << 8) | bytes[p + 1]!);
      else break;
      left--;
    }
    w.skip(p - w.pos);
    if (left > 0) {
      skipString(w);
      left--;
    }
  }
}

function skipSpecial(w: Window, form: number): void {
  if (form === INT8) w.skip(1);
  else if (form === INT16) w.skip(2);
  else if (form === INT32) w.skip(4);
  else {
    const packed = w.count();
    w.count();
    w.skip(packed);
  }
}

/** Skips one RDB string; returns its bytes as text, uncompressed. @throws {RdbError} BAD_LZF */
export function skipStringBytes(w: Window): number {
  const n = w.length();
  if (n !== LZF) {
    if (n < 0) return String(w.integer(n)).length;
    w.skip(n);
    return n;
  }
  const packed = w.count();
  const plain = w.count();
  checkLzfLengths(packed, plain, w.offset());
  w.skip(packed);
  return plain;
}

/** Reads RDB strings, expanding those that are compressed; holds the one window that this takes. */
export class StringReader {
  private readonly lzf: LzfFeed;
  private readonly w: Window;
  /** Made when the first compressed string comes. */
  private plain: Window | undefined;
  private readonly plainBytes: number;
  private readonly wholeElements: boolean;
  /** Uncompressed bytes of the blob opened last, and its bytes in the snapshot. */
  blobBytes = 0;
  storedBytes = 0;
  private opened: Window | undefined;

  /** `plainBytes`: of the window that compressed strings are expanded in; it grows if `wholeElements` are wanted. */
  constructor(w: Window, plainBytes = w.bytes.length, wholeElements = false) {
    this.w = w;
    this.lzf = new LzfFeed(w);
    this.plainBytes = plainBytes;
    this.wholeElements = wholeElements;
  }

  /** Reports one RDB string to the visitor. */
  visit(visitor: ValueVisitor): void {
    const w = this.w;
    const n = w.length();
    if (n >= 0) {
      w.requireElement(n);
      visitor.text(n, w.bytes, w.pos);
      w.skip(n);
    } else if (n === LZF) {
      const plain = this.openLzf();
      plain.requireElement(this.blobBytes);
      visitor.text(this.blobBytes, plain.bytes, plain.pos);
      this.lzf.finish();
    } else {
      const value = w.integer(n);
      visitor.integer(value >> 31, value);
    }
  }

  /**
   * Opens an RDB string as a blob: returns the window it can be read from, positioned at its first byte. An
   * integer form is given as its digits. `close` must follow when the blob was read.
   */
  open(): Window {
    const w = this.w;
    const n = w.length();
    if (n === LZF) this.opened = this.openLzf();
    else if (n >= 0) {
      this.blobBytes = n;
      this.storedBytes = n;
      this.opened = w;
    } else this.openDigits(w.integer(n));
    return this.opened!;
  }

  /** Ends the reading of a blob: the snapshot's window stands behind it. */
  close(): void {
    if (this.opened !== undefined && this.opened === this.plain) this.lzf.finish();
    this.opened = undefined;
  }

  /** Forgets a blob that was given up in the middle. */
  reset(): void {
    this.opened = undefined;
  }

  private openLzf(): Window {
    const w = this.w;
    this.storedBytes = w.count();
    this.blobBytes = w.count();
    this.lzf.begin(this.storedBytes, this.blobBytes);
    this.plain ??= new Window(this.plainBytes, this.wholeElements);
    this.plain.reset(this.lzf, w.offset());
    return this.plain;
  }

  private openDigits(value: number): void {
    const digits = String(value);
    const text = new Uint8Array(digits.length);
    for (let i = 0; i < text.length; i++) text[i] = digits.charCodeAt(i);
    const next = (target: Uint8Array): number => {
      target.set(text);
      return text.length;
    };
    this.digits.reset({ next, drop: () => 0 }, this.w.offset());
    this.digits.require(text.length);
    this.blobBytes = text.length;
    this.storedBytes = text.length;
    this.opened = this.digits;
  }

  private readonly digits = new Window(64);

  /** A short RDB string as text: names in opcodes, never a key or an element. Over `limit` bytes it is cut. */
  text(limit = 4096): string {
    const from = this.open();
    const bytes = Math.min(this.blobBytes, limit);
    from.require(bytes);
    const text = new TextDecoder().decode(from.bytes.subarray(from.pos, from.pos + bytes));
    from.skip(this.blobBytes);
    this.close();
    return text;
  }
}
