/** A key that made it into a list of the largest. */
export interface TopKey {
  readonly db: number;
  readonly key: Uint8Array;
  readonly type: number;
  readonly kind: number;
  readonly pattern: number;
  readonly bytes: number;
  readonly elements: number;
  readonly largestBytes: number;
  readonly largestName: Uint8Array;
  readonly expiresAt: number;
  /** -1: none, as of `idleSeconds`. */
  readonly freq: number;
  readonly idleSeconds: number;
  /** `-idleSeconds`: the key that was used last has the most. */
  readonly recency: number;
  /** Index in `ACCURACY`. */
  readonly accuracy: number;
  readonly recordOffset: number;
}

/** Longest key name kept in a list: a longer one is cut there (its row has it whole). */
export const MAX_NAME_BYTES = 4096;

/** A name as lists keep it, from the first `length` bytes of a buffer. */
export type NameForm = (bytes: Uint8Array, length: number) => Uint8Array;

/** The name as it is. */
export const plainName: NameForm = (bytes, length) => bytes.slice(0, Math.min(length, MAX_NAME_BYTES));

/** What keys can be ranked by. */
export type TopMeasure = "bytes" | "elements" | "freq" | "idleSeconds" | "recency";

/** The `limit` largest by one measure of keys that come in the order of the snapshot; equal ones in that order, whoever found them. */
export class TopKeys {
  private readonly limit: number;
  private readonly measure: TopMeasure;
  private list: TopKey[] = [];
  /** What a key must exceed to be looked at: of equal ones there are enough that came before. */
  threshold = Number.NEGATIVE_INFINITY;

  constructor(limit: number, measure: TopMeasure) {
    this.limit = limit;
    this.measure = measure;
  }

  /** Adds a key that exceeds the threshold. */
  offer(key: TopKey): void {
    if (key[this.measure] > this.threshold) this.add(key);
  }

  add(key: TopKey): void {
    this.list.push(key);
    if (this.list.length >= this.limit * 4) this.trim();
  }

  /** The list, largest first. */
  take(): TopKey[] {
    this.trim();
    return this.list;
  }

  private trim(): void {
    const { measure } = this;
    this.list.sort((a, b) => b[measure] - a[measure] || a.recordOffset - b.recordOffset);
    this.list.length = Math.min(this.list.length, this.limit);
    if (this.list.length === this.limit) this.threshold = this.list.at(-1)![measure];
  }
}
