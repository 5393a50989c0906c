import type { Bill, Part } from "../../bill.ts";
import type { TableModel } from "../../profiles/index.ts";
import type { Target } from "../../target.ts";
import { chainedEntries } from "../dict.ts";
import { dictNextSize } from "../dict-load.ts";
import { type KvstoreSizes, kvstoreTables, spread } from "../kvstore.ts";

const KEYS: Part = {
  name: "dictEntryNoValue of keys, what their shares left out",
  source: "dictInsertKeyAtLink(), dict.c, Redis 8.6.3",
};
const EXPIRES: Part = {
  name: "dictEntryNoValue of expiries, what their shares left out",
  source: "dictInsertKeyAtLink(), dict.c, Redis 8.6.3",
};

/**
 * A key's share of the entries of a dict: 16 bytes for the 29% of keys whose bucket is
 * not empty, which is the mean over all loads a table may have after loading (half
 * full to full). The table model adds what it really is.
 */
export const ENTRY_SHARE_BYTES = 5;

/**
 * The kvstores of a database whose dicts hold keys without an entry of their own while their bucket was
 * empty. Mirrors dictInsertKeyAtLink(), dict.c, Redis 8.6.3. An expectation (hash seed).
 */
export function kvobjTables(sizes: KvstoreSizes): TableModel {
  const tables = kvstoreTables(sizes);
  return (target, counts, bill) => {
    tables(target, counts, bill);
    const { keys, expires, slots } = counts;
    const dicts = (total: number) => (target.config.clusterEnabled ? spread(total) : [total]);
    addEntries(bill, KEYS, target, slots?.keys ?? dicts(keys));
    addEntries(bill, EXPIRES, target, slots?.expires ?? dicts(expires));
  };
}

function addEntries(bill: Bill, part: Part, { allocator, profile }: Target, dicts: ArrayLike<number>): void {
  const entry = allocator.goodSize(profile.sizes.dictEntryNoValue);
  let bytes = 0;
  for (let i = 0; i < dicts.length; i++) {
    const entries = dicts[i] as number;
    const chained = chainedEntries(dictNextSize(entries), entries);
    bytes += chained * entry - entries * ENTRY_SHARE_BYTES;
  }
  bill.add(part, 1, 0, Math.round(bytes));
}
