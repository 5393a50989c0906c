import { EXACTNESS } from "./types.ts";

/** One kind of structure that a key's bytes go to, as `explain` names it. */
export interface Part {
  readonly name: string;
  /** The server's function that allocates or counts it, its file and the version read. */
  readonly source: string;
}

/** What is known of the object that holds a value, for the key model to size. */
export const OBJECT = {
  /** An object that points to the value. */
  pointing: 0,
  /** A string of `embeddedBytes` bytes stands in the object itself. */
  embedded: 1,
  /** One object that all keys of the value share. */
  shared: 2,
} as const;

/**
 * What one key takes on one target, as the sum of its parts. All figures are
 * whole bytes. `ItemisedBill` keeps the parts too.
 */
export class Bill {
  /** Index in `ENCODINGS`. */
  encoding = 0;
  /** What MEMORY USAGE … SAMPLES 0 answers. */
  bytes = 0;
  /** What the allocator holds for the key; no share of bucket arrays of the database. */
  heapBytes = 0;
  /** One of `EXACTNESS`. */
  exactness: number = EXACTNESS.exact;
  /** A random `bytes` lies between `bytes - below` and `bytes + above` in 98 of 100 loads; 0 when exact. */
  below = 0;
  above = 0;
  /** One of `OBJECT`, and the string's length when embedded. */
  object: number = OBJECT.pointing;
  embeddedBytes = 0;

  reset(): void {
    this.encoding = 0;
    this.bytes = 0;
    this.heapBytes = 0;
    this.exactness = EXACTNESS.exact;
    this.below = 0;
    this.above = 0;
    this.object = OBJECT.pointing;
    this.embeddedBytes = 0;
  }

  /** Adds `count` structures: what MEMORY USAGE counts for all of them, and what the allocator holds. */
  add(_part: Part, _count: number, bytes: number, heapBytes: number): void {
    this.bytes += bytes;
    this.heapBytes += heapBytes;
  }

  /** The size is an expectation of something random; see `below` and `above`. */
  expect(below: number, above: number): void {
    if (this.exactness === EXACTNESS.exact) this.exactness = EXACTNESS.expectation;
    this.below += below;
    this.above += above;
  }
}

/** A line of an itemised bill. */
interface BillLine {
  readonly part: Part;
  readonly count: number;
  readonly bytes: number;
  readonly heapBytes: number;
}

/** A bill that keeps its lines. */
export class ItemisedBill extends Bill {
  readonly lines: BillLine[] = [];

  override reset(): void {
    super.reset();
    this.lines.length = 0;
  }

  override add(part: Part, count: number, bytes: number, heapBytes: number): void {
    super.add(part, count, bytes, heapBytes);
    this.lines.push({ part, count, bytes, heapBytes });
  }
}
