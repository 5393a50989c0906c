import type { Finish, Loader } from "../../loader.ts";
import type { DictRules } from "../dict.ts";
import { DictLoad } from "../dict-load.ts";
import { INTSET_HEADER_BYTES, intsetWidth } from "../intset.ts";
import type { SetLayout } from "../loading/set.ts";
import type { Packed } from "../packed.ts";
import { addDictSet, type DictSetRules } from "../set.ts";

/** How the servers that pack nothing but integers differ. */
interface IntsetRules {
  readonly version: string;
  readonly dict: DictRules;
  readonly intset: Packed;
}

const dict = new DictLoad();

/**
 * Sets of servers that pack nothing but integers; a listpack, which they cannot read, is sized as if its
 * members came one by one. Mirrors rdbLoadObject(), rdb.c, and setTypeConvert(), t_set.c, Redis 4.0.14 to
 * 7.0.15. Exact but for a set whose first members are integers and that may still be rehashing.
 */
export function intsetsOrTables({ version, dict: dictRules, intset }: IntsetRules): Pick<Loader, SetLayout> {
  const table: DictSetRules = {
    members: { name: "members (sds)", source: `rdbLoadObject(), rdb.c, ${version}` },
    dict: dictRules,
    valued: true,
    metadataBytes: 0,
  };
  const presized: Finish = ({ reported }, on, bill) => {
    dict.fill(reported);
    addDictSet(table, dict, reported, on, bill);
  };
  const set: Finish = (stats, on, bill) => {
    const { reported, integersBefore } = stats;
    if (reported > on.target.config.setMaxIntsetEntries) presized(stats, on, bill);
    else if (stats.nonIntegers === 0) {
      intset(bill, on.target, INTSET_HEADER_BYTES + reported * intsetWidth(stats.integerEntryMax));
    } else {
      dict.fill(integersBefore);
      dict.expand(reported);
      dict.insert(reported - integersBefore);
      addDictSet(table, dict, reported, on, bill);
    }
  };
  const setIntset: Finish = (stats, on, bill) => {
    if (stats.reported > on.target.config.setMaxIntsetEntries) presized(stats, on, bill);
    else intset(bill, on.target, stats.blobBytes);
  };
  return { set, setIntset, setListpack: set };
}
