import type { Bill } from "../../bill.ts";
import type { Finish, Loader } from "../../loader.ts";
import type { TargetStats, ValueStats } from "../../stats.ts";
import { LP_EMPTY_BYTES } from "../listpack.ts";
import type { Packed } from "../packed.ts";

/** A hash that became a table when a pair too long came after `packed` pairs in a listpack. */
export type GrownFinish = (packed: number, stats: ValueStats, on: TargetStats, bill: Bill) => void;

/** What a server makes of a hash. */
interface HashEncodings {
  readonly listpack: Packed;
  /** A table made for all pairs at once. */
  readonly table: Finish;
  readonly grown: GrownFinish;
}

/** The layouts of hashes without field expiries, and those with. */
export type PlainHashLayout = "hash" | "hashZipmap" | "hashZiplist" | "hashListpack";
export type HashLayout = PlainHashLayout | "hashExpiry" | "hashListpackExpiry";

/** The hash has more pairs than a packed one may have. */
export function hasTooManyPairs(stats: ValueStats, { target }: TargetStats): boolean {
  return stats.reported / 2 > target.config.hashMaxListpackEntries;
}

/** Pairs before the first that is too long for a packed hash, or Infinity. */
export function pairsBeforeTooLong(stats: ValueStats, { target }: TargetStats): number {
  return Math.floor(stats.firstOver(target.config.hashMaxListpackValue) / 2);
}

/**
 * Which encoding a hash gets. Saved pair by pair: a table from the start when there are many, else a listpack
 * until a pair is too long. A zipmap's lengths count as well; a ziplist is written anew; a listpack stays.
 * Mirrors rdbLoadObject(), rdb.c, Redis 7.0.15 to 8.6.3, Valkey 7.2.7 to 9.1.2. Exact.
 */
export function hashLayouts({ listpack, table, grown }: HashEncodings): Pick<Loader, PlainHashLayout> {
  const hashZiplist: Finish = (stats, on, bill) => {
    if (hasTooManyPairs(stats, on)) table(stats, on, bill);
    else listpack(bill, on.target, LP_EMPTY_BYTES + stats.entryBytes);
  };
  return {
    hash: (stats, on, bill) => {
      const packed = pairsBeforeTooLong(stats, on);
      if (hasTooManyPairs(stats, on)) table(stats, on, bill);
      else if (packed === Number.POSITIVE_INFINITY) {
        listpack(bill, on.target, LP_EMPTY_BYTES + stats.entryBytes);
      } else grown(packed, stats, on, bill);
    },
    hashZipmap: (stats, on, bill) => {
      const tooLong = stats.largestBytes > on.target.config.hashMaxListpackValue;
      if (tooLong) table(stats, on, bill);
      else hashZiplist(stats, on, bill);
    },
    hashZiplist,
    hashListpack: (stats, on, bill) => {
      if (hasTooManyPairs(stats, on)) table(stats, on, bill);
      else listpack(bill, on.target, stats.blobBytes);
    },
  };
}
