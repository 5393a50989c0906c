import type { Part } from "../../bill.ts";
import type { Finish } from "../../loader.ts";
import { ENCODING } from "../../types.ts";
import { addDictTables, chainedEntries, DICT_72 } from "../dict.ts";
import { DictLoad } from "../dict-load.ts";
import { cachedSpread, expectSpread, type Spread, spreadFrom, spreadOf } from "../spread.ts";

const MEMBERS: Part = { name: "members (sds)", source: "rdbLoadObject(), rdb.c, Valkey 8.0.1" };
const ENTRIES: Part = {
  name: "dictEntryNoValue (expected)",
  source: "dictInsertAtPosition(), dict.c, Valkey 8.0.1",
};

/**
 * Up to so many members the chances of every number of entries are computed, above only mean and variance.
 */
const EXACT_MEMBERS = 256;

const dict = new DictLoad();

/**
 * Entries of a dict without values: the first member of a bucket stands in the bucket itself,
 * each further one needs an entry. Mirrors dictInsertAtPosition(), dict.c, Valkey 8.0.1;
 * which members share a bucket is random (hash seed).
 */
export const chainedMembers = cachedSpread((buckets, members) =>
  members <= EXACT_MEMBERS ? spreadFrom(chances(buckets, members)) : normal(buckets, members),
);

/** Chance of each number of members that fall into an occupied bucket, one member after another. Exact. */
function chances(buckets: number, members: number): Float64Array {
  let current = new Float64Array(members + 1);
  let next = new Float64Array(members + 1);
  current[0] = 1;
  for (let placed = 0; placed < members; placed++) {
    next.fill(0);
    for (let chained = 0; chained <= placed; chained++) {
      const chance = current[chained] as number;
      const occupied = placed - chained;
      next[chained + 1] = (next[chained + 1] as number) + (chance * occupied) / buckets;
      next[chained] = (next[chained] as number) + chance * (1 - occupied / buckets);
    }
    [current, next] = [next, current];
  }
  return current;
}

/**
 * Mean and variance of the number of empty buckets after random insertions (the
 * occupancy problem), which tends to be normal.
 */
function normal(buckets: number, members: number): Spread {
  const one = Math.exp(members * Math.log1p(-1 / buckets));
  const pairRatio = Math.expm1(members * (Math.log1p(-2 / buckets) - 2 * Math.log1p(-1 / buckets)));
  const two = one * one * (1 + pairRatio);
  const variance = buckets * (one - two) + buckets * buckets * one * one * pairRatio;
  return spreadOf(chainedEntries(buckets, members), Math.max(0, variance), 0);
}

/**
 * A set as a dict without values, of which MEMORY USAGE counts every entry. An expectation, with its band.
 * Mirrors objectComputeSize(), object.c, and dictEntryMemUsage(), dict.c, Valkey 8.0.1.
 */
export const finishNoValueSet: Finish = ({ reported }, { target, setBytes, setHeap }, bill) => {
  const { dictEntryNoValue } = target.profile.sizes;
  dict.fill(reported);
  const chained = chainedMembers(dict.first, reported);
  const heap = Math.round(target.allocator.goodSize(dictEntryNoValue) * chained.mean);
  bill.encoding = ENCODING.hashtable;
  addDictTables(bill, target, DICT_72, dict);
  bill.add(MEMBERS, reported, setBytes.sum, setHeap.sum);
  bill.add(ENTRIES, Math.round(chained.mean), Math.round(dictEntryNoValue * chained.mean), heap);
  expectSpread(bill, chained, dictEntryNoValue);
};
