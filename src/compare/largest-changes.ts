import { MAX_NAME_BYTES } from "../inventory/rollup/top-keys.ts";
import type { Bill } from "../memory/index.ts";
import type { ComparedKey } from "./tally.ts";

/** A key that another target would hold in another encoding. */
export interface ChangedKey {
  readonly db: number;
  readonly key: Uint8Array;
  readonly type: number;
  /** Indexes in `ENCODINGS`. */
  readonly from: number;
  readonly to: number;
  readonly bytesFrom: number;
  readonly bytesTo: number;
  readonly heapFrom: number;
  readonly heapTo: number;
  readonly recordOffset: number;
}

/** The keys whose change of encoding makes the largest difference to the heap; equal ones in the order of the snapshot. */
export class LargestChanges {
  private readonly limit: number;
  private list: ChangedKey[] = [];
  /** What a difference must exceed: keys come in the order of the snapshot, so the first of equal ones stays. */
  private threshold = -1;

  constructor(limit: number) {
    this.limit = limit;
  }

  add(k: ComparedKey, key: Uint8Array, from: Bill, to: Bill): void {
    if (Math.abs(to.heapBytes - from.heapBytes) <= this.threshold) return;
    this.list.push({
      db: k.db,
      key: key.slice(0, Math.min(k.nameBytes, MAX_NAME_BYTES)),
      type: k.type,
      from: from.encoding,
      to: to.encoding,
      bytesFrom: from.bytes,
      bytesTo: to.bytes,
      heapFrom: from.heapBytes,
      heapTo: to.heapBytes,
      recordOffset: k.recordOffset,
    });
    if (this.list.length >= this.limit * 4) this.trim();
  }

  /** The list, largest difference first. */
  take(): ChangedKey[] {
    this.trim();
    return this.list;
  }

  private trim(): void {
    this.list = largestChanges(this.list, this.limit);
    if (this.list.length === this.limit) this.threshold = difference(this.list.at(-1)!);
  }
}

/** The first `limit` of a list of changes, largest difference first. */
export function largestChanges(list: readonly ChangedKey[], limit: number): ChangedKey[] {
  return [...list]
    .sort((a, b) => difference(b) - difference(a) || a.recordOffset - b.recordOffset)
    .slice(0, limit);
}

function difference({ heapFrom, heapTo }: ChangedKey): number {
  return Math.abs(heapTo - heapFrom);
}
