import type { Bill, Part } from "../../bill.ts";
import type { Finish } from "../../loader.ts";
import type { TargetStats } from "../../stats.ts";
import type { Target } from "../../target.ts";
import { ENCODING } from "../../types.ts";
import { addDict } from "../dict.ts";
import { DictLoad } from "../dict-load.ts";
import { INTSET_HEADER_BYTES, intsetWidth } from "../listpack-era/set.ts";
import { addRounding } from "../sampled.ts";

const INTSET: Part = { name: "intset", source: "intsetResize(), intset.c, Redis 7.0.15" };
const MEMBERS: Part = { name: "members (sds)", source: "rdbLoadObject(), rdb.c, Redis 7.0.15" };

/** Adds a value that is one packed allocation of `bytes` bytes. */
export type AddPacked = (bill: Bill, part: Part, bytes: number, encoding: number, target: Target) => void;

const dict = new DictLoad();

/**
 * Sets of servers that pack nothing but integers. `addPacked` counts an intset as the server does. Mirrors
 * rdbLoadObject(), rdb.c, and setTypeConvert(), t_set.c, Redis 4.0.14 to 7.0.15. Exact but for a set whose first
 * members are integers and that may still be rehashing.
 */
export function intsetOrTable(addPacked: AddPacked): { readonly set: Finish; readonly setIntset: Finish } {
  const set: Finish = (stats, on, bill) => {
    const { config } = on.target;
    const members = stats.reported;
    if (members > config.setMaxIntsetEntries) addPresizedTable(members, on, bill);
    else if (stats.nonIntegers === 0) {
      const bytes = INTSET_HEADER_BYTES + members * intsetWidth(stats.integerEntryMax);
      addPacked(bill, INTSET, bytes, ENCODING.intset, on.target);
    } else {
      dict.reset();
      dict.expand(stats.integersBefore);
      dict.insert(stats.integersBefore);
      dict.expand(members);
      dict.insert(members - stats.integersBefore);
      addTable(members, on, bill);
    }
  };
  const setIntset: Finish = (stats, on, bill) => {
    if (stats.reported > on.target.config.setMaxIntsetEntries) addPresizedTable(stats.reported, on, bill);
    else addPacked(bill, INTSET, stats.blobBytes, ENCODING.intset, on.target);
  };
  return { set, setIntset };
}

function addPresizedTable(members: number, on: TargetStats, bill: Bill): void {
  dict.reset();
  dict.expand(members);
  addTable(members, on, bill);
}

/** Mirrors objectComputeSize(), object.c, Redis 7.0.15: a whole dictEntry a member. */
function addTable(members: number, on: TargetStats, bill: Bill): void {
  const { target, setBytes, setHeap } = on;
  const { sizes } = target.profile;
  bill.encoding = ENCODING.hashtable;
  bill.add(MEMBERS, members, setBytes.sum, setHeap.sum);
  addDict(bill, target, dict.first, dict.second, members);
  const base = sizes.robj + sizes.dict + 8 * (dict.first + dict.second);
  addRounding(bill, base, setBytes.sum + members * sizes.dictEntry, members);
  expectDict(bill, dict);
}

/** The bands of a dict that may have ended its rehashing sooner or later. */
export function expectDict(bill: Bill, load: DictLoad): void {
  const { maybeLess, maybeMore } = load;
  if (maybeLess > 0 || maybeMore > 0) bill.expect(maybeLess, maybeMore);
}
