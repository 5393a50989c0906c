import { RowHash } from "./row-hash.ts";
import { KIND_BITS, type SideReader } from "./rows.ts";

/** Rows gathered before they are added: 2^8 parts of the table, each of which fits in a processor's cache. */
const PART_BITS = 8;
const PART_ROWS = 512;
const WORDS = 3;

/**
 * Sums of hashes of rows, old ones added and new ones subtracted, by buckets of names: where a bucket is 0 after all rows of both
 * sides, it held the same rows on both. Two words a bucket, shared by all threads; empty, for so many rows a side.
 */
export function shareSums(rows: number): SharedArrayBuffer {
  const bits = Math.min(MAX_BITS, Math.max(MIN_BITS, Math.ceil(Math.log2(rows / ROWS_A_BUCKET + 1))));
  return new SharedArrayBuffer(2 ** bits * 2 * Int32Array.BYTES_PER_ELEMENT);
}

/** Which buckets hold rows that differ: a bit each, as those that look fit into a processor's cache so. */
export class DirtyBuckets {
  readonly bits: Int32Array;
  private readonly shift: number;

  constructor(bits: Int32Array) {
    this.bits = bits;
    this.shift = 32 - Math.log2(bits.length * 32);
  }

  /** Those of complete sums, and what share of all they are. */
  static of(sums: SharedArrayBuffer): { dirty: DirtyBuckets; share: number } {
    const table = new Int32Array(sums);
    const buckets = table.length / 2;
    const bits = new Int32Array(new SharedArrayBuffer(buckets / 8));
    let count = 0;
    for (let i = 0; i < buckets; i++) {
      if (table[i * 2] === 0 && table[i * 2 + 1] === 0) continue;
      bits[i >> 5]! |= 1 << (i & 31);
      count++;
    }
    return { dirty: new DirtyBuckets(bits), share: count / buckets };
  }

  /** Whether rows of the bucket of a name, by the first word of its hash, differ. */
  has(word: number): boolean {
    const bucket = word >>> this.shift;
    return (this.bits[bucket >> 5]! & (1 << (bucket & 31))) !== 0;
  }
}

const ROWS_A_BUCKET = 2.5;
const MIN_BITS = PART_BITS;
const MAX_BITS = 23;

/** Adds the rows of a thread to the sums: a part of the table at a time, as its buckets are in no cache else. */
export class SumAdder {
  private readonly table: Int32Array;
  private readonly bits: number;
  private readonly hash: RowHash;
  private readonly gathered = new Int32Array(2 ** PART_BITS * PART_ROWS * WORDS);
  private readonly ends = new Int32Array(2 ** PART_BITS);
  private readonly facts = new Int32Array(8);

  constructor(shared: SharedArrayBuffer, key: Int32Array) {
    this.table = new Int32Array(shared);
    this.bits = Math.log2(this.table.length / 2);
    this.hash = new RowHash(key);
  }

  /** Adds (`sign` 1) or subtracts (-1) the current row of a reader. */
  add(reader: SideReader, sign: 1 | -1): void {
    const { hash, gathered, ends } = this;
    const { row } = reader;
    const word = hash.name(row.view, row.keyStart, row.keyBytes, row.db);
    hash.facts(this.facts, this.factsOf(reader));
    const part = word >>> (32 - PART_BITS);
    const at = part * PART_ROWS * WORDS + ends[part]!;
    gathered[at] = (word >>> (32 - this.bits)) * 2;
    gathered[at + 1] = sign * hash.out[0]!;
    gathered[at + 2] = sign * hash.out[1]!;
    ends[part]! += WORDS;
    if (ends[part] === PART_ROWS * WORDS) this.flushPart(part);
  }

  /** Adds what is still held. */
  flush(): void {
    for (let part = 0; part < this.ends.length; part++) this.flushPart(part);
  }

  private flushPart(part: number): void {
    const { table, gathered, ends } = this;
    const start = part * PART_ROWS * WORDS;
    const end = start + ends[part]!;
    for (let at = start; at < end; at += WORDS) {
      const bucket = gathered[at]!;
      Atomics.add(table, bucket, gathered[at + 1]!);
      Atomics.add(table, bucket + 1, gathered[at + 2]!);
    }
    ends[part] = 0;
  }

  /** Everything of a row that is compared, and its pattern, as words: returns how many. */
  private factsOf({ row, kind, pattern }: SideReader): number {
    const { facts } = this;
    const { bytes, elements, expiresAt } = row;
    const hasElements = !Number.isNaN(elements);
    const hasExpiry = !Number.isNaN(expiresAt);
    facts[0] = kind | (pattern << KIND_BITS);
    facts[1] = bytes;
    facts[2] = Math.floor(bytes / 2 ** 32) | (hasElements ? 2 ** 30 : 0) | (hasExpiry ? 2 ** 29 : 0);
    let count = 3;
    if (hasElements) {
      facts[count++] = elements;
      facts[count++] = Math.floor(elements / 2 ** 32);
    }
    if (hasExpiry) {
      facts[count++] = expiresAt;
      facts[count++] = Math.floor(expiresAt / 2 ** 32);
    }
    return count;
  }
}
