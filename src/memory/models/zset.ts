import type { Bill } from "../bill.ts";
import type { TargetStats } from "../stats.ts";
import { ENCODING } from "../types.ts";
import { addDictTables, addEntries, type DictRules, expectDict } from "./dict.ts";
import { DictLoad } from "./dict-load.ts";
import type { ZsetEncodings } from "./loading/zset.ts";
import { addRounding } from "./sampled.ts";
import {
  addPointingNodes,
  addSkiplistHeads,
  expectNodes,
  skiplistParts,
  ZSKIPLIST_MAXLEVEL,
} from "./skiplist.ts";

/** How a server loads a zset as a skiplist and a dict, and what its MEMORY USAGE counts of them. */
interface DictZsetRules {
  readonly version: string;
  readonly dict: DictRules;
  /** ZSKIPLIST_MAXLEVEL, server.h: levels of the header. */
  readonly maxLevel?: number;
  /**
   * A zset saved member by member finds a dict made for it, as since
   * Redis 5.0; a converted one, as since 7.2.
   */
  readonly presized: { readonly saved: boolean; readonly converted: boolean };
  /** The dict, the zskiplist and its header are counted, as since Redis 5.0. */
  readonly headsCounted?: boolean;
}

const dict = new DictLoad();

/**
 * A zset as a skiplist that points to its members, and a dict. Mirrors rdbLoadObject(),
 * rdb.c, zsetConvert(), t_zset.c, and objectComputeSize(), object.c, Redis 4.0.14 to
 * 8.0.6. An expectation, as node levels are random.
 */
export function dictSkiplist(rules: DictZsetRules): Pick<ZsetEncodings, "saved" | "converted"> {
  const { version, presized, maxLevel = ZSKIPLIST_MAXLEVEL, headsCounted = true } = rules;
  const parts = skiplistParts(version);
  const add = (members: number, on: TargetStats, bill: Bill): void => {
    const { target } = on;
    const { sizes } = target.profile;
    bill.encoding = ENCODING.skiplist;
    addSkiplistHeads(bill, target, parts, headsCounted ? "sizeof" : "none", maxLevel);
    addDictTables(bill, target, rules.dict, dict, 0, headsCounted ? sizes.dict : 0);
    const before = bill.bytes;
    addPointingNodes(bill, on, parts, members);
    addEntries(bill, target, rules.dict, dict, members, true);
    addRounding(bill, target, before, members);
    expectNodes(bill, members, target.zslNode);
    expectDict(bill, dict);
  };
  return {
    saved: (members, on, bill) => {
      if (presized.saved) dict.fill(members);
      else grow(members);
      add(members, on, bill);
    },
    converted: (members, on, bill) => {
      if (presized.converted) dict.fill(members);
      else grow(members);
      add(members, on, bill);
    },
  };
}

function grow(members: number): void {
  dict.reset();
  dict.insert(members);
}
