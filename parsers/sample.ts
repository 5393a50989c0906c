import { type ByteSource, RangeFeed, Window } from "./window.ts";

/** Which records of a snapshot are read, where not all are. */
export interface SampleSpec {
  /** Share of the records that is drawn, in (0, 1). */
  readonly share: number;
  /** Another seed draws others; the same one the same names of any snapshot. */
  readonly seed: number;
  /** Records of at least so many bytes are all read. */
  readonly certainBytes: number;
}

/** What was drawn from what. Records are counted whether they were read or not. */
export interface SampleCounts {
  /** Records of `certainBytes` or more. */
  certainKeys: number;
  /** The smaller ones: those that were drawn, and how many there are. */
  drawnKeys: number;
  drawnFrom: number;
  /** Keys of each database. */
  readonly databases: Map<number, number>;
}

const PIECE_BYTES = 64 * 1024;

/**
 * Draws records by a hash of the database's number and the name as it stands in the snapshot: each is drawn or not whatever
 * happens to the others, by any number of threads the same, and in the next snapshot again.
 */
export class SampleDraw {
  readonly counts: SampleCounts = { certainKeys: 0, drawnKeys: 0, drawnFrom: 0, databases: new Map() };
  private readonly limit: number;
  private readonly certainBytes: number;
  private readonly basis: number;
  private readonly source: ByteSource;
  /** Made for the first name that does not stand in the window. */
  private second: Window | undefined;
  private hash = 0;
  private db = -1;
  private keysOfDb = 0;

  constructor(source: ByteSource, { share, seed, certainBytes }: SampleSpec) {
    this.source = source;
    this.limit = share * 2 ** 32;
    this.certainBytes = certainBytes;
    this.basis = mixed(seed ^ 0x811c9dc5);
  }

  /** Sees the name that was just stepped over; it stands at `nameAt`. */
  seeName(w: Window, nameAt: number, db: number): void {
    if (db !== this.db) this.begin(db);
    const stored = w.offset() - nameAt;
    const hash = mixed(this.basis + db);
    this.hash = mixed(
      w.pos >= stored ? hashed(hash, w.bytes, w.pos - stored, w.pos) : this.hashedApart(hash, nameAt, stored),
    );
  }

  /** Whether the record of the name seen last is read. */
  takes(recordBytes: number): boolean {
    const { counts } = this;
    this.keysOfDb++;
    if (recordBytes >= this.certainBytes) {
      counts.certainKeys++;
      return true;
    }
    counts.drawnFrom++;
    if (this.hash >>> 0 >= this.limit) return false;
    counts.drawnKeys++;
    return true;
  }

  /** Ends the counts. */
  end(): void {
    this.begin(-1);
  }

  private begin(db: number): void {
    const { databases } = this.counts;
    if (this.keysOfDb > 0) databases.set(this.db, (databases.get(this.db) ?? 0) + this.keysOfDb);
    this.db = db;
    this.keysOfDb = 0;
  }

  private hashedApart(hash: number, nameAt: number, stored: number): number {
    this.second ??= new Window(PIECE_BYTES);
    const w = this.second;
    w.reset(new RangeFeed(this.source, nameAt, nameAt + stored), nameAt);
    let h = hash;
    for (let left = stored; left > 0; ) {
      const step = Math.min(left, PIECE_BYTES >> 1);
      w.require(step);
      h = hashed(h, w.bytes, w.pos, w.pos + step);
      w.skip(step);
      left -= step;
    }
    return h;
  }
}

/** FNV-1a of `bytes[start, end)`, going on from `hash`. */
function hashed(hash: number, bytes: Uint8Array, start: number, end: number): number {
  let h = hash;
  for (let i = start; i < end; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193);
  return h;
}

/** Spreads what differs in any bit over all of them: the finalizer of MurmurHash3. */
export function mixed(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
