import { writeJsonBytes, writeJsonName } from "./json-text.ts";
import type { Output } from "./output.ts";
import type { Slot } from "./slot.ts";

const CLOSER = { "[": "]", "{": "}" } as const;

/** Writes JSON piece by piece, and knows what is open, so that a value that breaks off can be ended. */
export class JsonWriter {
  readonly out: Output;
  private readonly indent: string;
  private readonly cutBytes: number;
  /** Closing brackets of what is open, and whether it holds anything yet. */
  private readonly closers: string[] = [];
  private readonly filled: boolean[] = [];

  /** `indent`: of each level, one line an item; "": all in one line. Strings longer than `cutBytes` are cut. */
  constructor(out: Output, indent = "", cutBytes = Number.POSITIVE_INFINITY) {
    this.out = out;
    this.indent = indent;
    this.cutBytes = cutBytes;
  }

  get depth(): number {
    return this.closers.length;
  }

  open(bracket: "[" | "{"): void {
    this.out.text(bracket);
    this.closers.push(CLOSER[bracket]);
    this.filled.push(false);
  }

  /** Closes what is open, down to `depth`. */
  close(depth = this.depth - 1): void {
    while (this.depth > depth) {
      const filled = this.filled.pop();
      const closer = this.closers.pop()!;
      if (filled === true) this.line();
      this.out.text(closer);
    }
  }

  /** Begins the next item of what is open. */
  next(): void {
    const last = this.filled.length - 1;
    if (this.filled[last] === true) this.out.text(",");
    this.filled[last] = true;
    this.line();
  }

  /** Begins the next member of the object that is open; `name` is a plain word. */
  member(name: string): void {
    this.next();
    this.out.text(this.indent === "" ? `"${name}":` : `"${name}": `);
  }

  /** The same with a name of any bytes. */
  named({ bytes, length }: Slot): void {
    this.next();
    writeJsonName(this.out, bytes, 0, length);
    this.out.text(this.indent === "" ? ":" : ": ");
  }

  /** A value: `raw` is JSON already. */
  raw(raw: string): void {
    this.out.text(raw);
  }

  bytes(bytes: Uint8Array, start: number, end: number): void {
    if (end - start <= this.cutBytes) {
      writeJsonBytes(this.out, bytes, start, end);
      return;
    }
    this.out.text('{"cut":');
    writeJsonBytes(this.out, bytes, start, characterBefore(bytes, start + this.cutBytes));
    this.out.text(`,"bytes":${end - start}}`);
  }

  slot({ bytes, length }: Slot): void {
    this.bytes(bytes, 0, length);
  }

  private line(): void {
    if (this.indent !== "") this.out.text(`\n${this.indent.repeat(this.depth)}`);
  }
}

/** Where the UTF-8 character that stands at `end` begins, if there is one. */
function characterBefore(bytes: Uint8Array, end: number): number {
  let at = end;
  while (at > end - 4 && (bytes[at]! & 0xc0) === 0x80) at--;
  return at;
}
