import { idleClassOf } from "./buckets.ts";
import { type CounterExport, CounterTable } from "./counters.ts";
import { type TopKey, TopKeys } from "./top-keys.ts";

/** What tells how keys are used: a LFU counter, or the time that nobody asked for them. */
export const ACCESS_MEASURES = ["freq", "idle_seconds"] as const;

/** Lists of keys by use: the name in `hot_keys`, and what they are ranked by. */
export const ACCESS_RANKINGS = [
  { name: "freq", measure: "freq" },
  { name: "recent", measure: "recency" },
  { name: "idle", measure: "idleSeconds" },
] as const;

/** Keys kept of each list. */
const KEPT_KEYS = 100;
/** LFU counters have 8 bits; classes of idle times are fewer. */
const CLASSES = 256;
const IDLE = ACCESS_MEASURES.indexOf("idle_seconds");

/** What of a key is looked at here; -1: the snapshot has none. */
interface UsedKey {
  readonly db: number;
  readonly pattern: number;
  readonly bytes: number;
  readonly freq: number;
  readonly idleSeconds: number;
}

/** What one worker knows of the use of keys. */
export interface AccessExport {
  readonly counts: CounterExport;
  /** A list for each of `ACCESS_RANKINGS`. */
  readonly top: readonly (readonly TopKey[])[];
}

/** Counts keys by how they are used; what has no LFU counter and no idle time costs two comparisons. */
export class AccessCounts {
  private readonly counts = new CounterTable(2);
  private readonly tops = ACCESS_RANKINGS.map(({ measure }) => new TopKeys(KEPT_KEYS, measure));

  /** Counts a key; whether it is one for the lists. */
  count(k: UsedKey): boolean {
    const [byFreq, byRecency, byIdle] = this.tops;
    if (k.freq >= 0) this.add(k, Math.min(k.freq, CLASSES - 1));
    if (k.idleSeconds < 0) return k.freq > 0 && k.freq > byFreq!.threshold;
    this.add(k, IDLE * CLASSES + idleClassOf(k.idleSeconds));
    return -k.idleSeconds > byRecency!.threshold || k.idleSeconds > byIdle!.threshold;
  }

  private add(k: UsedKey, measured: number): void {
    const at = this.counts.at(k.db, k.pattern * ACCESS_MEASURES.length * CLASSES + measured);
    this.counts.sums[at]! += 1;
    this.counts.sums[at + 1]! += k.bytes;
  }

  /** Puts a key, of which `count` said so, on the lists it belongs to. */
  list(key: TopKey): void {
    const [byFreq, byRecency, byIdle] = this.tops;
    if (key.freq > 0) byFreq!.offer(key);
    if (key.idleSeconds < 0) return;
    byRecency!.offer(key);
    byIdle!.offer(key);
  }

  export(): AccessExport {
    return { counts: this.counts.export(), top: this.tops.map((top) => top.take()) };
  }
}

/** What an entry's second number says: the pattern, the measure, and the LFU counter or the index of the idle class. */
export function accessParts(second: number): { pattern: number; measure: number; measured: number } {
  const named = Math.floor(second / CLASSES);
  return {
    pattern: Math.floor(named / ACCESS_MEASURES.length),
    measure: named % ACCESS_MEASURES.length,
    measured: second % CLASSES,
  };
}
