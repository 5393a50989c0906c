import { LAYOUT } from "../../../../parsers/visitor.ts";
import type { Part } from "../../bill.ts";
import type { Finish } from "../../loader.ts";
import { ENCODING } from "../../types.ts";

const UNCOUNTED: Part = {
  name: "values of dictEntry, not counted",
  source: "kvobjComputeSize(), object.c, Redis 8.2",
};

/**
 * A zset whose dict entries MEMORY USAGE counts as if they had no value: dictEntryMemUsage(1) in
 * kvobjComputeSize(), object.c, Redis 8.2. Derived.
 */
export function shortEntries(finish: Finish): Finish {
  return (stats, on, bill) => {
    finish(stats, on, bill);
    if (bill.encoding !== ENCODING.skiplist) return;
    const { dictEntry, dictEntryNoValue } = on.target.profile.sizes;
    const members = stats.layout === LAYOUT.zset ? stats.reported : stats.reported / 2;
    bill.add(UNCOUNTED, members, -members * (dictEntry - dictEntryNoValue), 0);
  };
}
