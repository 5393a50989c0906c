import fs from "node:fs";
import { IoError, reasonOf } from "../errors.ts";
import type { RowReader } from "../inventory/row-pages.ts";
import { KIND_BITS } from "./rows.ts";

/**
 * A row as it waits for its partner: six words, doubles, the name with zeros behind it up to a multiple of 8 bytes.
 * Words: bytes of the name, two of its hash, kind and pattern, database, flags.
 */
export const WORD = { nameBytes: 0, hash: 1, hashAgain: 2, kind: 3, db: 4, flags: 5 } as const;
const HEAD_BYTES = 24;
/** Flags: the accuracy in the lowest two bits, and which doubles there are behind bytes and payload. */
const ACCURACY_MASK = 3;
export const HAS_ELEMENTS = 4;
export const HAS_EXPIRY = 8;

/** Pieces of a temporary file that rows of one side and partition were written to. Structured-cloneable. */
export interface SpilledBlock {
  readonly side: 0 | 1;
  readonly partition: number;
  readonly position: number;
  readonly bytes: number;
}

/** Where rows are written: an open file, its next free byte (in blocks), the size of a block. Structured-cloneable. */
export interface SpillFile {
  readonly fd: number;
  readonly next: SharedArrayBuffer;
  readonly blockBytes: number;
  readonly partitions: number;
  /** Where it is, for messages. */
  readonly folder: string;
}

/** Views of one piece of memory. */
class Block {
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly bytes: Uint8Array;
  end = 0;

  constructor(size: number) {
    const buffer = new ArrayBuffer(size);
    this.words = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.bytes = new Uint8Array(buffer);
  }
}

/** Writes the rows of a thread, parted by side and hash of their names, a block at a time. */
export class Spill {
  readonly blocks: SpilledBlock[] = [];
  private readonly file: SpillFile;
  private readonly open: (Block | undefined)[];

  constructor(file: SpillFile) {
    this.file = file;
    this.open = new Array(file.partitions * 2);
  }

  /** Adds the current row; `hash` and `again` are the words of its name's hash. */
  add(side: 0 | 1, row: RowReader, kind: number, pattern: number, hash: number, again: number): void {
    const { partitions, blockBytes } = this.file;
    const place = side * partitions + (again & (partitions - 1));
    const { keyBytes: nameBytes, elements, expiresAt } = row;
    const hasElements = !Number.isNaN(elements);
    const hasExpiry = !Number.isNaN(expiresAt);
    const doubles = 2 + Number(hasElements) + Number(hasExpiry);
    const needed = HEAD_BYTES + doubles * 8 + ((nameBytes + 7) & ~7);
    let block = this.open[place];
    if (block === undefined || block.end + needed > block.bytes.length) {
      if (block !== undefined) this.write(place, block);
      block = this.open[place] =
        block?.bytes.length === blockBytes && needed <= blockBytes
          ? block
          : new Block(Math.ceil(needed / blockBytes) * blockBytes);
    }
    const word = block.end >> 2;
    const { words } = block;
    words[word + WORD.nameBytes] = nameBytes;
    words[word + WORD.hash] = hash;
    words[word + WORD.hashAgain] = again;
    words[word + WORD.kind] = kind | (pattern << KIND_BITS);
    words[word + WORD.db] = row.db;
    words[word + WORD.flags] =
      (row.accuracy & ACCURACY_MASK) | (hasElements ? HAS_ELEMENTS : 0) | (hasExpiry ? HAS_EXPIRY : 0);
    let double = (block.end + HEAD_BYTES) >> 3;
    block.doubles[double++] = row.bytes;
    block.doubles[double++] = row.payloadBytes;
    if (hasElements) block.doubles[double++] = elements;
    if (hasExpiry) block.doubles[double++] = expiresAt;
    const nameAt = double << 3;
    if (nameBytes > 0) block.doubles[(block.end + needed - 8) >> 3] = 0;
    const { page, keyStart } = row;
    if (nameBytes > 64) block.bytes.set(page.subarray(keyStart, keyStart + nameBytes), nameAt);
    else for (let i = 0; i < nameBytes; i++) block.bytes[nameAt + i] = page[keyStart + i]!;
    block.end += needed;
  }

  /** Writes what is still held. */
  flush(): void {
    for (const [place, block] of this.open.entries())
      if (block !== undefined && block.end > 0) this.write(place, block);
  }

  private write(place: number, block: Block): void {
    const { fd, next, blockBytes, partitions, folder } = this.file;
    const count = Math.ceil(block.end / blockBytes);
    const first = Atomics.add(new Int32Array(next), 0, count);
    const position = first * blockBytes;
    try {
      for (let done = 0; done < block.end; )
        done += fs.writeSync(fd, block.bytes, done, block.end - done, position + done);
    } catch (cause) {
      throw new IoError(
        `cannot write what differs to a temporary file in ${folder}: ${reasonOf(cause)}; name a folder with more room: --temp-dir FOLDER`,
        { cause },
      );
    }
    const side = place < partitions ? 0 : 1;
    this.blocks.push({ side, partition: place - side * partitions, position, bytes: block.end });
    block.end = 0;
  }
}

/** The rows of one side and partition, in memory: reused for the next. */
export class SpilledRows {
  words = new Int32Array(0);
  doubles = new Float64Array(0);
  bytes = new Uint8Array(0);
  view = new DataView(new ArrayBuffer(0));
  /** First word of each row. */
  starts = new Int32Array(0);
  count = 0;

  /** Reads blocks of an open file. */
  load(fd: number, blocks: readonly SpilledBlock[]): void {
    const total = blocks.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total > this.bytes.length) this.grow(Math.ceil(total / 2 ** 20) * 2 ** 20);
    let end = 0;
    for (const { position, bytes } of blocks) {
      for (let done = 0; done < bytes; ) {
        const read = fs.readSync(fd, this.bytes, end + done, bytes - done, position + done);
        if (read === 0) throw new IoError("a temporary file was cut off by somebody");
        done += read;
      }
      end += bytes;
    }
    this.index(end);
  }

  private grow(size: number): void {
    const buffer = new ArrayBuffer(size);
    this.words = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
  }

  private index(end: number): void {
    this.count = 0;
    for (let at = 0; at < end; ) {
      if (this.count === this.starts.length) {
        const longer = new Int32Array(Math.max(1024, this.count * 2));
        longer.set(this.starts);
        this.starts = longer;
      }
      this.starts[this.count++] = at >> 2;
      at = this.nameAt(at >> 2) + ((this.words[(at >> 2) + WORD.nameBytes]! + 7) & ~7);
    }
  }

  /** Where the name of the row that begins at a word stands. */
  nameAt(word: number): number {
    const flags = this.words[word + WORD.flags]!;
    const more = ((flags & HAS_ELEMENTS) >> 2) + ((flags & HAS_EXPIRY) >> 3);
    return (word << 2) + HEAD_BYTES + 16 + more * 8;
  }

  bytesOf(word: number): number {
    return this.doubles[((word << 2) + HEAD_BYTES) >> 3]!;
  }

  /** As an index of `ACCURACY`. */
  accuracyOf(word: number): number {
    return this.words[word + WORD.flags]! & ACCURACY_MASK;
  }

  payloadOf(word: number): number {
    return this.doubles[((word << 2) + HEAD_BYTES + 8) >> 3]!;
  }

  /** NaN: none. */
  elementsOf(word: number): number {
    if ((this.words[word + WORD.flags]! & HAS_ELEMENTS) === 0) return Number.NaN;
    return this.doubles[((word << 2) + HEAD_BYTES + 16) >> 3]!;
  }

  /** NaN: never. */
  expiryOf(word: number): number {
    const flags = this.words[word + WORD.flags]!;
    if ((flags & HAS_EXPIRY) === 0) return Number.NaN;
    return this.doubles[((word << 2) + HEAD_BYTES + 16 + ((flags & HAS_ELEMENTS) >> 2) * 8) >> 3]!;
  }

  kindOf(word: number): number {
    return this.words[word + WORD.kind]! & (2 ** KIND_BITS - 1);
  }

  patternOf(word: number): number {
    return this.words[word + WORD.kind]! >>> KIND_BITS;
  }
}
