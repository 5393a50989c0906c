const PIECE_BYTES = 256 * 1024;

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
      if (step < 64) for (let i = 0; i < step; i++) this.piece[this.used + i] = source[at + i]!;
      else this.piece.set(source.subarray(at, at + step), this.used);
      this.used += step;
      at += step;
      if (this.used === PIECE_BYTES) this.flush();
    }
  }

  /** Adds a text as UTF-8. */
  text(text: string): void {
    if (text.length * 3 <= PIECE_BYTES - this.used) this.used += this.piece.write(text, this.used, "utf8");
    else {
      const bytes = Buffer.from(text, "utf8");
      this.bytes(bytes, 0, bytes.length);
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
