const PIECE_BYTES = 256 * 1024;
/** Up to so many characters it is quicker to write a text here than to call for it. */
const SHORT = 48;

/** Gathers bytes into pieces of 256 KiB, each of which is handed on as soon as it is full. */
export class Output {
  private readonly write: (piece: Uint8Array<ArrayBuffer>) => void;
  private piece = Buffer.from(new ArrayBuffer(PIECE_BYTES));
  private used = 0;

  /** `write` owns the pieces it is given. */
  constructor(write: (piece: Uint8Array<ArrayBuffer>) => void) {
    this.write = write;
  }

  /** Adds the bytes of the half-open range `[start, end)`. */
  bytes(source: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end; ) {
      const step = Math.min(end - at, PIECE_BYTES - this.used);
      const { piece, used } = this;
      if (step < 64) for (let i = 0; i < step; i++) piece[used + i] = source[at + i]!;
      else piece.set(source.subarray(at, at + step), used);
      this.used += step;
      at += step;
      if (this.used === PIECE_BYTES) this.flush();
    }
  }

  /** Adds a text as UTF-8. */
  text(text: string): void {
    const { piece, used } = this;
    const { length } = text;
    if (length * 3 > PIECE_BYTES - used) {
      const bytes = Buffer.from(text, "utf8");
      this.bytes(bytes, 0, bytes.length);
    } else if (length > SHORT) this.used += piece.write(text, used, "utf8");
    else {
      let at = 0;
      for (; at < length; at++) {
        const code = text.charCodeAt(at);
        if (code > 0x7f) break;
        piece[used + at] = code;
      }
      this.used += at === length ? length : piece.write(text, used, "utf8");
    }
  }

  /** Hands on what was gathered. */
  flush(): void {
    if (this.used === 0) return;
    this.write(new Uint8Array(this.piece.buffer, 0, this.used));
    this.piece = Buffer.from(new ArrayBuffer(PIECE_BYTES));
    this.used = 0;
  }
}
