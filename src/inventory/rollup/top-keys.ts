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
  readonly freq: number;
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

/** The `limit` largest by one measure; equal ones in the order of the snapshot, whoever found them. */
export class TopKeys {
  private readonly limit: number;
  private readonly measure: "bytes" | "elements" | "freq";
  private list: TopKey[] = [];
  /** What a key must exceed or equal to be looked at. */
  threshold = 0;

  constructor(limit: number, measure: "bytes" | "elements" | "freq") {
    this.limit = limit;
    this.measure = measure;
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
