import { MAX_NAME_BYTES } from "../inventory/rollup/top-keys.ts";
import type { ComparedKey } from "./tally.ts";

/** The key that takes most on a target. */
export interface HeaviestKey {
  readonly db: number;
  readonly key: Uint8Array;
  readonly type: number;
  readonly heapBytes: number;
  readonly recordOffset: number;
}

/** Keeps the heaviest key; of equal ones the first in the order of the snapshot, which keys come in. */
export class Heaviest {
  private bytes = -1;
  private kept: HeaviestKey | undefined;

  add(k: ComparedKey, key: Uint8Array, heapBytes: number): void {
    if (heapBytes <= this.bytes) return;
    this.bytes = heapBytes;
    this.kept = {
      db: k.db,
      key: key.slice(0, Math.min(k.nameBytes, MAX_NAME_BYTES)),
      type: k.type,
      heapBytes,
      recordOffset: k.recordOffset,
    };
  }

  take(): HeaviestKey | undefined {
    return this.kept;
  }
}

/** The heaviest of those that several threads found. */
export function heaviestOf(found: readonly (HeaviestKey | undefined)[]): HeaviestKey | undefined {
  const known = found.filter((one) => one !== undefined);
  return known.sort((a, b) => b.heapBytes - a.heapBytes || a.recordOffset - b.recordOffset)[0];
}
