import { truncated } from "./damage.ts";

/** Pieces of an input, in order. A piece may be overwritten once the next is asked for. */
export type Pieces = AsyncIterable<Uint8Array>;

const EMPTY = new Uint8Array(0);

/** Reads a stream of pieces in lengths that suit a decoder; holds no more than what is asked for at once. */
export class ByteReader {
  /** Bytes consumed. */
  offset = 0;
  private readonly pieces: AsyncIterator<Uint8Array>;
  private held: Uint8Array = EMPTY;

  constructor(pieces: Pieces) {
    this.pieces = pieces[Symbol.asyncIterator]();
  }

  /** The next `count` bytes, or fewer at the end, without consuming them. */
  async peek(count: number): Promise<Uint8Array> {
    if (this.held.length >= count) return this.held.subarray(0, count);
    const parts: Uint8Array[] = [];
    let bytes = 0;
    let piece: Uint8Array | undefined = this.held;
    while (piece !== undefined && bytes < count) {
      const missing: number = count - bytes;
      bytes += piece.length;
      // The last piece stays as it is; those before it are copied, as they may be overwritten.
      parts.push(piece.length >= missing ? piece : piece.slice());
      if (bytes < count) piece = await this.pull();
    }
    this.held = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    return this.held.subarray(0, count);
  }

  /** Exactly `count` bytes, without consuming them. @throws {InputDamage} when there are fewer */
  async need(count: number): Promise<Uint8Array> {
    const bytes = await this.peek(count);
    if (bytes.length < count) throw truncated(this.offset + bytes.length);
    return bytes;
  }

  /** Exactly `count` bytes. @throws {InputDamage} when there are fewer */
  async take(count: number): Promise<Uint8Array> {
    const bytes = await this.need(count);
    this.consume(count);
    return bytes;
  }

  /** Steps over `count` bytes. @throws {InputDamage} when there are fewer */
  async skip(count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      const bytes = await this.next(left);
      if (bytes === undefined) throw truncated(this.offset);
      left -= bytes.length;
    }
  }

  /** What is there next, at least one byte and at most `limit`; undefined at the end. */
  async next(limit: number): Promise<Uint8Array | undefined> {
    const available = await this.peek(1);
    if (available.length === 0) return undefined;
    const bytes = this.held.subarray(0, limit);
    this.consume(bytes.length);
    return bytes;
  }

  async atEnd(): Promise<boolean> {
    return (await this.peek(1)).length === 0;
  }

  /** All that is left. */
  async *rest(limit = Number.POSITIVE_INFINITY): Pieces {
    for (let bytes = await this.next(limit); bytes !== undefined; bytes = await this.next(limit)) yield bytes;
  }

  private consume(count: number): void {
    this.held = this.held.subarray(count);
    this.offset += count;
  }

  private async pull(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.pieces.next();
    return done === true ? undefined : value;
  }
}
