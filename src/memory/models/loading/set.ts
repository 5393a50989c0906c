import type { Finish, Loader } from "../../loader.ts";
import { INTSET_HEADER_BYTES, intsetWidth } from "../intset.ts";
import { LP_EMPTY_BYTES } from "../listpack.ts";
import type { Packed } from "../packed.ts";

/** What a server makes of a set. */
interface SetEncodings {
  readonly intset: Packed;
  readonly listpack: Packed;
  readonly table: Finish;
}

/** The layouts of sets. */
export type SetLayout = "set" | "setIntset" | "setListpack";

/**
 * Which encoding a set gets. Saved member by member: an intset as long as all are integers, then a listpack
 * made for the integers, then a table; a packed one stays. Mirrors rdbLoadObject(), rdb.c, and
 * setTypeConvertAndExpand(), t_set.c, Redis 7.2.6 to 8.6.3, Valkey 7.2.7 to 9.1.2. Exact.
 */
export function setLayouts({ intset, listpack, table }: SetEncodings): Pick<Loader, SetLayout> {
  return {
    set: (stats, on, bill) => {
      const { config } = on.target;
      const members = stats.reported;
      if (members > config.setMaxIntsetEntries) table(stats, on, bill);
      else if (stats.nonIntegers === 0) {
        intset(bill, on.target, INTSET_HEADER_BYTES + members * intsetWidth(stats.integerEntryMax));
      } else if (
        members <= config.setMaxListpackEntries &&
        stats.largestBytes <= config.setMaxListpackValue
      ) {
        const estimate = stats.integersBefore * stats.integerEntryMax;
        const capacity = LP_EMPTY_BYTES + Math.max(estimate, stats.entryBytes);
        listpack(bill, on.target, LP_EMPTY_BYTES + stats.entryBytes, capacity);
      } else table(stats, on, bill);
    },
    setIntset: (stats, on, bill) => {
      if (stats.reported > on.target.config.setMaxIntsetEntries) table(stats, on, bill);
      else intset(bill, on.target, stats.blobBytes);
    },
    setListpack: (stats, on, bill) => {
      if (stats.reported > on.target.config.setMaxListpackEntries) table(stats, on, bill);
      else listpack(bill, on.target, stats.blobBytes);
    },
  };
}
