/** Bytes that are held until what belongs to them has come; reused, and as large as the largest held. */
export class Slot {
  bytes = Buffer.alloc(256);
  length = 0;

  set(source: Uint8Array, start: number, length: number): void {
    this.length = 0;
    this.add(source, start, length);
  }

  /** `text`: ASCII. */
  setText(text: string): void {
    this.length = 0;
    this.addText(text);
  }

  add(source: Uint8Array, start: number, length: number): void {
    const end = this.length + length;
    this.reserve(end);
    const { bytes, length: at } = this;
    if (length < 64) for (let i = 0; i < length; i++) bytes[at + i] = source[start + i]!;
    else bytes.set(source.subarray(start, start + length), at);
    this.length = end;
  }

  /** `text`: ASCII. */
  addText(text: string): void {
    this.reserve(this.length + text.length);
    const { bytes, length: at } = this;
    for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
    this.length += text.length;
  }

  private reserve(end: number): void {
    if (end <= this.bytes.length) return;
    const grown = Buffer.alloc(Math.max(end, Math.min(this.bytes.length * 2, end + 2 ** 24)));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
