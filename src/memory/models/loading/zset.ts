import type { Bill } from "../../bill.ts";
import type { Loader } from "../../loader.ts";
import type { TargetStats, ValueStats } from "../../stats.ts";
import type { Target } from "../../target.ts";
import { LP_EMPTY_BYTES } from "../listpack.ts";
import type { Packed } from "../packed.ts";

/** Adds a zset of so many members as a skiplist with its table. */
export type SkiplistFinish = (members: number, on: TargetStats, bill: Bill) => void;

/** What a server makes of a zset. */
export interface ZsetEncodings {
  readonly listpack: Packed;
  /** A skiplist whose members were saved one by one. */
  readonly saved: SkiplistFinish;
  /** A skiplist that was converted from a packed zset. */
  readonly converted: SkiplistFinish;
}

/** The layouts of zsets. */
export type ZsetLayout = "zset" | "zsetZiplist" | "zsetListpack";

/**
 * Whether `members` loaded one by one are packed afterwards. Mirrors rdbLoadObject(), rdb.c, Redis 7.0.15.
 */
export function packsZset(members: number, { largestBytes }: ValueStats, { config }: Target): boolean {
  return members <= config.zsetMaxListpackEntries && largestBytes <= config.zsetMaxListpackValue;
}

/**
 * Which encoding a zset gets. Saved member by member: loaded as a skiplist, then packed when small. A ziplist
 * is written anew as a listpack; a listpack stays. Mirrors rdbLoadObject(), rdb.c, Redis 7.0.15 to 8.6.3,
 * Valkey 7.2.7 to 9.1.2. Exact when packed.
 */
export function zsetLayouts({ listpack, saved, converted }: ZsetEncodings): Pick<Loader, ZsetLayout> {
  return {
    zset: (stats, on, bill) => {
      if (!packsZset(stats.reported, stats, on.target)) saved(stats.reported, on, bill);
      else listpack(bill, on.target, LP_EMPTY_BYTES + stats.entryBytes);
    },
    zsetZiplist: (stats, on, bill) => {
      const members = stats.reported / 2;
      if (members > on.target.config.zsetMaxListpackEntries) converted(members, on, bill);
      else listpack(bill, on.target, LP_EMPTY_BYTES + stats.entryBytes);
    },
    zsetListpack: (stats, on, bill) => {
      const members = stats.reported / 2;
      if (members > on.target.config.zsetMaxListpackEntries) converted(members, on, bill);
      else listpack(bill, on.target, stats.blobBytes);
    },
  };
}
