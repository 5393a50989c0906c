import type { Bill, Part } from "../bill.ts";
import type { Finish, Loader } from "../loader.ts";
import type { TargetStats, ValueStats } from "../stats.ts";
import type { Target } from "../target.ts";
import { ENCODING } from "../types.ts";
import { addDictTables, addEntries, type DictRules, expectDict } from "./dict.ts";
import { DictLoad } from "./dict-load.ts";
import type { HashLoad } from "./hash-load.ts";
import { LP_EMPTY_BYTES } from "./listpack.ts";
import { hashLayouts, hasTooManyPairs, type PlainHashLayout, pairsBeforeTooLong } from "./loading/hash.ts";
import type { Packed } from "./packed.ts";
import { addRounding } from "./sampled.ts";

/** How a server holds a hash as a dict. */
export interface DictHashRules {
  readonly fields: Part;
  readonly dict: DictRules;
  /** A dict's entries hold the values. */
  readonly valued: boolean;
  /** What a dict has besides its struct. */
  readonly metadataBytes: number;
}

/** How it loads hashes without field expiries. */
export interface PlainHashRules {
  readonly table: DictHashRules;
  readonly listpack: Packed;
  readonly load: HashLoad;
}

/** How it loads hashes with field expiries: `table` and `listpack` are those of such hashes. */
export interface ExpiringHashRules extends PlainHashRules {
  readonly listpackEx: Packed;
  /** sizeof(listpackEx). */
  readonly listpackExBytes: number;
  readonly ebuckets: Part;
  /** sizeof(rax). */
  readonly raxBytes: number;
}

const dict = new DictLoad();

/**
 * Adds a hash as the dict that `load` tells of. Mirrors
 * objectComputeSize(), object.c, Redis 4.0.14 to 8.0.6. Exact.
 */
export function addDictHash(
  rules: DictHashRules,
  load: DictLoad,
  { reported }: ValueStats,
  { hashBytes, hashHeap, target }: TargetStats,
  bill: Bill,
): void {
  const pairs = reported / 2;
  bill.encoding = ENCODING.hashtable;
  addDictTables(bill, target, rules.dict, load, rules.metadataBytes);
  const before = bill.bytes;
  bill.add(rules.fields, rules.valued ? 2 * pairs : pairs, hashBytes.sum, hashHeap.sum);
  addEntries(bill, target, rules.dict, load, pairs, rules.valued);
  if (rules.dict.averages) addRounding(bill, target, before, pairs);
  expectDict(bill, load);
}

/**
 * A hash as a dict made for all its pairs. Mirrors hashTypeConvertListpack(), t_hash.c, Redis 7.2.6. Exact.
 */
export function presizedDictHash(rules: DictHashRules): Finish {
  return (stats, on, bill) => {
    dict.fill(stats.reported / 2);
    addDictHash(rules, dict, stats, on, bill);
  };
}

/**
 * Hashes without field expiries as listpack or dict. One that is converted while it
 * loads may still be rehashing when the load ends: exact unless that is near its end.
 * Mirrors rdbLoadObject(), rdb.c, Redis 7.0.15 to 8.6.3.
 */
export function dictHashes({ table, listpack, load }: PlainHashRules): Pick<Loader, PlainHashLayout> {
  return hashLayouts({
    listpack,
    table: presizedDictHash(table),
    grown: (packed, stats, on, bill) => {
      load(dict, packed, stats.reported / 2);
      addDictHash(table, dict, stats, on, bill);
    },
  });
}

/**
 * Hashes with field expiries, those in the past too: a listpack of triples in a listpackEx, or a dict. One
 * saved field by field with too many fields is a dict from the start, which is not made for their number.
 * Mirrors rdbLoadObject(), rdb.c, Redis 7.4.1 to 8.6.3. Exact unless rehashing is near its end.
 */
export function expiringHashes(rules: ExpiringHashRules): Pick<Loader, "hashExpiry" | "hashListpackExpiry"> {
  const addListpackEx = (bill: Bill, target: Target, bytes: number) => {
    rules.listpack(bill, target, bytes);
    rules.listpackEx(bill, target, rules.listpackExBytes);
  };
  const addTable: Finish = (stats, on, bill) => {
    addDictHash(rules.table, dict, stats, on, bill);
    const ebuckets = on.hashHeap.expiries?.heapBytes(on.target.allocator, rules.raxBytes) ?? 0;
    if (ebuckets > 0) bill.add(rules.ebuckets, 1, 0, ebuckets);
  };
  return {
    hashExpiry: (stats, on, bill) => {
      const packed = pairsBeforeTooLong(stats, on);
      if (hasTooManyPairs(stats, on)) {
        dict.reset();
        dict.insert(stats.reported / 2);
        addTable(stats, on, bill);
      } else if (packed === Number.POSITIVE_INFINITY) {
        addListpackEx(bill, on.target, LP_EMPTY_BYTES + stats.entryBytes);
      } else {
        rules.load(dict, packed, stats.reported / 2);
        addTable(stats, on, bill);
      }
    },
    hashListpackExpiry: (stats, on, bill) => {
      if (hasTooManyPairs(stats, on)) {
        dict.fill(stats.reported / 2);
        addTable(stats, on, bill);
      } else addListpackEx(bill, on.target, stats.blobBytes);
    },
  };
}
