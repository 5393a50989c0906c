/** Bytes that are held until what belongs to them has come; reused, and as large as the largest held. */
export class Slot {
  bytes = Buffer.alloc(256);
  length = 0;

  set(source: Uint8Array, start: number, length: number): void {
    this.length = 0;
    this.add(source, start, length);
  }

  setText(text: string): void {
    const bytes = Buffer.from(text, "utf8");
    this.set(bytes, 0, bytes.length);
  }

  add(source: Uint8Array, start: number, length: number): void {
    const end = this.length + length;
    if (end > this.bytes.length) {
      const grown = Buffer.alloc(Math.max(end, Math.min(this.bytes.length * 2, end + 2 ** 24)));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    this.bytes.set(source.subarray(start, start + length), this.length);
    this.length = end;
  }

  addText(text: string): void {
    const bytes = Buffer.from(text, "utf8");
    this.add(bytes, 0, bytes.length);
  }
}
