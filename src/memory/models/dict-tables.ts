import type { Part } from "../bill.ts";
import type { TableModel } from "../profiles/index.ts";
import { dictNextSize } from "./dict-load.ts";

const MAIN: Part = { name: "bucket array of the main dict", source: "dbExpand(), db.c, Redis 7.2.6" };
const EXPIRES: Part = { name: "bucket array of the expires dict", source: "dbExpand(), db.c, Redis 7.2.6" };

/**
 * The dicts of a database, whose arrays were made for the sizes that RESIZEDB announces. Mirrors
 * rdbLoadRioWithLoadingCtx(), rdb.c, Redis 7.2.6.
 */
export const dictTables: TableModel = ({ allocator }, { keys, expires }, bill) => {
  const array = (entries: number) => (entries === 0 ? 0 : allocator.goodSize(8 * dictNextSize(entries)));
  bill.add(MAIN, 1, 0, array(keys));
  bill.add(EXPIRES, 1, 0, array(expires));
};
