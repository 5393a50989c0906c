import type { Bill, Part } from "../bill.ts";
import type { Loader } from "../loader.ts";
import type { TargetStats } from "../stats.ts";
import { ENCODING } from "../types.ts";
import { addDictTables, addEntries, type DictRules, expectDict } from "./dict.ts";
import { DictLoad } from "./dict-load.ts";
import { type SetLayout, setLayouts } from "./loading/set.ts";
import type { Packed } from "./packed.ts";
import { addRounding } from "./sampled.ts";

/** How a server holds a set as a dict. */
export interface DictSetRules {
  readonly members: Part;
  readonly dict: DictRules;
  /** The dict has whole entries, though without values. */
  readonly valued: boolean;
  /** What a dict has besides its struct. */
  readonly metadataBytes: number;
}

/** The same with what it packs a set as. */
export interface PackingSetRules extends DictSetRules {
  readonly intset: Packed;
  readonly listpack: Packed;
}

const dict = new DictLoad();

/**
 * Adds a set as the dict that `load` tells of. Mirrors
 * objectComputeSize(), object.c, Redis 4.0.14 to 8.0.6. Exact.
 */
export function addDictSet(
  rules: DictSetRules,
  load: DictLoad,
  members: number,
  { setBytes, setHeap, target }: TargetStats,
  bill: Bill,
): void {
  bill.encoding = ENCODING.hashtable;
  addDictTables(bill, target, rules.dict, load, rules.metadataBytes);
  const before = bill.bytes;
  bill.add(rules.members, members, setBytes.sum, setHeap.sum);
  addEntries(bill, target, rules.dict, load, members, rules.valued);
  if (rules.dict.averages) addRounding(bill, target, before, members);
  expectDict(bill, load);
}

/**
 * Sets as intset, listpack or a dict made for their members. Mirrors
 * rdbLoadObject(), rdb.c, Redis 7.2.6. Exact.
 */
export function dictSets(rules: PackingSetRules): Pick<Loader, SetLayout> {
  const { intset, listpack } = rules;
  return setLayouts({
    intset,
    listpack,
    table: ({ reported }, on, bill) => {
      dict.fill(reported);
      addDictSet(rules, dict, reported, on, bill);
    },
  });
}
