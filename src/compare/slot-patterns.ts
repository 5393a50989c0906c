import { type CounterExport, CounterTable } from "../inventory/rollup/counters.ts";
import type { Bill } from "../memory/index.ts";
import type { ComparedKey } from "./tally.ts";

/** Pairs of a slot and a pattern that a thread counts: some 100 MB. Of more, nothing is told. */
const MOST_PAIRS = 2 ** 21;

/** What cannot be told from a wildcard, or stands for bytes that are no UTF-8. */
const NOT_LITERAL = /[*\ufffd]/;

/**
 * Counts keys by hash slot and pattern, of those names that may be of some wanted patterns: which one a name is of is known only when all
 * are read, so names are told by how the patterns begin. Numbers in typed arrays, nothing allocated a key.
 */
export class SlotPatterns {
  private readonly bills: readonly Bill[];
  private readonly beginnings: readonly Uint8Array[];
  private counters: CounterTable | undefined;

  /** `hashed`: wanted patterns that begin with # are hashes of names, which any name may have. */
  constructor(bills: readonly Bill[], wanted: readonly string[], hashed: boolean) {
    this.bills = bills;
    this.beginnings = wanted.map((pattern) => {
      const isHash = hashed && pattern.startsWith("#");
      return Buffer.from(isHash ? "" : pattern.split(NOT_LITERAL, 1)[0]!);
    });
    this.counters = new CounterTable(1 + bills.length);
  }

  add(k: ComparedKey, key: Uint8Array): void {
    const { counters, bills } = this;
    if (counters === undefined || !this.mayBeWanted(key, k.nameBytes)) return;
    const at = counters.at(k.slot, k.pattern);
    const { sums } = counters;
    sums[at]! += 1;
    for (let t = 0; t < bills.length; t++) sums[at + 1 + t]! += bills[t]!.heapBytes;
    if (counters.size > MOST_PAIRS) this.counters = undefined;
  }

  private mayBeWanted(key: Uint8Array, bytes: number): boolean {
    const { beginnings } = this;
    for (let i = 0; i < beginnings.length; i++) {
      const own = beginnings[i]!;
      if (own.length > bytes) continue;
      let at = 0;
      while (at < own.length && own[at] === key[at]) at++;
      if (at === own.length) return true;
    }
    return false;
  }

  /** By slot and raw id of a pattern: keys, then their heap bytes on each target; null: there were too many. */
  export(): CounterExport | null {
    return this.counters?.export() ?? null;
  }
}
