import type { Bill, Part } from "../../bill.ts";
import type { Finish, Loader } from "../../loader.ts";
import type { TargetStats, ValueStats } from "../../stats.ts";
import { ENCODING, EXACTNESS } from "../../types.ts";
import { HASH_LISTPACK_72 } from "../listpack-era/hash.ts";
import { SET_72 } from "../listpack-era/set.ts";
import { type GrownFinish, hashLayouts, type PlainHashLayout } from "../loading/hash.ts";
import { type SetLayout, setLayouts } from "../loading/set.ts";
import { childBuckets } from "./chains.ts";
import { addHashtable, expectChildren, HashtableGrowth, nextBuckets } from "./hashtable.ts";

const MEMBERS: Part = { name: "members (sds)", source: "rdbLoadObject(), rdb.c, Valkey 8.1.1" };
const FIELDS: Part = { name: "fields with values", source: "hashTypeCreateEntry(), t_hash.c, Valkey 8.1.1" };

const growth = new HashtableGrowth();

/**
 * Sets on a server whose hashtable takes `structBytes`. How many child buckets there
 * are is random (hash seed): an expectation, with its band. Mirrors rdbLoadObject(),
 * rdb.c, and objectComputeSize(), object.c, Valkey 8.1.1.
 */
export function hashtableSets(structBytes: number): Pick<Loader, SetLayout> {
  const table: Finish = ({ reported }, { target, setBytes, setHeap }, bill) => {
    const buckets = nextBuckets(reported);
    const children = childBuckets(buckets, reported);
    bill.encoding = ENCODING.hashtable;
    bill.add(MEMBERS, reported, setBytes.sum, setHeap.sum);
    addHashtable(bill, target, structBytes, buckets, 0, children);
    expectChildren(bill, children);
  };
  return setLayouts({ intset: SET_72.intset, listpack: SET_72.listpack, table });
}

/**
 * Hashes on a server whose hashtable takes `structBytes`; a hash whose first long pair comes
 * late may still be moving to a larger table. Mirrors rdbLoadObject(), rdb.c, and
 * objectComputeSize(), object.c, Valkey 8.1.1. Child buckets as for sets.
 */
export function hashtableHashes(structBytes: number): Pick<Loader, PlainHashLayout | "hashExpiry"> {
  const finishGrowth = (stats: ValueStats, { target, hashBytes, hashHeap }: TargetStats, bill: Bill) => {
    const children = growth.children();
    bill.encoding = ENCODING.hashtable;
    bill.add(FIELDS, stats.reported / 2, hashBytes.sum, hashHeap.sum);
    addHashtable(bill, target, structBytes, growth.first, growth.second, children);
    expectChildren(bill, children);
  };
  const table: Finish = (stats, on, bill) => {
    const pairs = Math.ceil(stats.reported / 2);
    growth.reset(pairs, pairs);
    finishGrowth(stats, on, bill);
  };
  const grown: GrownFinish = (packed, stats, on, bill) => {
    const left = stats.reported / 2 - packed - 1;
    growth.reset(packed, packed);
    growth.add(1);
    growth.expand(left);
    growth.add(left);
    finishGrowth(stats, on, bill);
  };
  return {
    ...hashLayouts({ listpack: HASH_LISTPACK_72, table, grown }),
    hashExpiry: (stats, on, bill) => {
      table(stats, on, bill);
      bill.exactness = EXACTNESS.lowerBound;
    },
  };
}
