/** Builds listpacks as a server would save them (listpack.c, Redis 7.0): integers in their shortest form. */
export class ListpackBuilder {
  readonly bytes = Buffer.alloc(1 << 17);
  end = 6;
  private count = 0;

  reset(): void {
    this.end = 6;
    this.count = 0;
  }

  /** A string entry; text that reads as an integer must go to `integer`. */
  text(value: string): void {
    const start = this.end;
    const length = value.length;
    if (length < 64) this.bytes[this.end++] = 0x80 | length;
    else if (length < 4096) {
      this.bytes[this.end++] = 0xe0 | (length >> 8);
      this.bytes[this.end++] = length & 0xff;
    } else {
      this.bytes[this.end++] = 0xf0;
      this.end = this.bytes.writeUInt32LE(length, this.end);
    }
    for (let i = 0; i < length; i++) this.bytes[this.end++] = value.charCodeAt(i);
    this.close(start);
  }

  /** An integer entry of at most 32 bits. */
  integer(value: number): void {
    const start = this.end;
    if (value >= 0 && value < 128) this.bytes[this.end++] = value;
    else if (value >= -4096 && value < 4096) {
      const bits = value & 0x1fff;
      this.bytes[this.end++] = 0xc0 | (bits >> 8);
      this.bytes[this.end++] = bits & 0xff;
    } else if (value >= -32768 && value < 32768) {
      this.bytes[this.end++] = 0xf1;
      this.end = this.bytes.writeInt16LE(value, this.end);
    } else if (value >= -8388608 && value < 8388608) {
      this.bytes[this.end++] = 0xf2;
      this.end = this.bytes.writeIntLE(value, this.end, 3);
    } else {
      this.bytes[this.end++] = 0xf3;
      this.end = this.bytes.writeInt32LE(value, this.end);
    }
    this.close(start);
  }

  /** Writes header and end mark; `bytes[0, end)` is the listpack then. */
  finish(): void {
    this.bytes[this.end++] = 0xff;
    this.bytes.writeUInt32LE(this.end, 0);
    this.bytes.writeUInt16LE(this.count, 4);
  }

  /** The back length: seven bits a byte, most significant first, all but the first with the top bit. Mirrors lpEncodeBacklen(). */
  private close(start: number): void {
    const length = this.end - start;
    this.count++;
    if (length < 128) this.bytes[this.end++] = length;
    else if (length < 16384) {
      this.bytes[this.end++] = length >> 7;
      this.bytes[this.end++] = (length & 127) | 128;
    } else {
      this.bytes[this.end++] = length >> 14;
      this.bytes[this.end++] = ((length >> 7) & 127) | 128;
      this.bytes[this.end++] = (length & 127) | 128;
    }
  }
}
