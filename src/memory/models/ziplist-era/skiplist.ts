import type { Bill, Part } from "../../bill.ts";
import type { TargetStats } from "../../stats.ts";
import type { Target } from "../../target.ts";
import { ENCODING } from "../../types.ts";
import { DICT_ENTRY } from "../dict.ts";
import { DictLoad } from "../dict-load.ts";
import { addRounding } from "../sampled.ts";
import { expectNodes, zslNodeRequestBytes } from "../skiplist.ts";
import { expectDict } from "./set.ts";

const ZSET: Part = { name: "zset", source: "createZsetObject(), object.c, Redis 7.0.15" };
const ZSKIPLIST: Part = { name: "zskiplist", source: "zslCreate(), t_zset.c, Redis 7.0.15" };
const NODES: Part = { name: "zskiplistNode", source: "zslCreateNode(), t_zset.c, Redis 7.0.15" };
const HEADER: Part = { name: "zskiplistNode, header", source: "zslCreate(), t_zset.c, Redis 7.0.15" };
const MEMBERS: Part = { name: "members (sds)", source: "rdbLoadObject(), rdb.c, Redis 7.0.15" };
const DICT: Part = { name: "dict", source: "dictCreate(), dict.c, Redis 7.0.15" };
const BUCKETS: Part = { name: "bucket arrays", source: "dictExpand(), dict.c, Redis 7.0.15" };

const dict = new DictLoad();

/** How a server loads a zset as a skiplist, and what its MEMORY USAGE counts of it. */
export interface SkiplistRules {
  /** ZSKIPLIST_MAXLEVEL, server.h: levels of the header. */
  readonly maxLevel: number;
  /** A zset saved member by member finds a dict made for it, as since Redis 5.0. */
  readonly presized: boolean;
  /** The dict, the zskiplist and its header are counted, as since Redis 5.0. */
  readonly headsCounted: boolean;
}

/** Adds a zset of so many members as skiplist and dict. */
type AddZset = (members: number, on: TargetStats, bill: Bill) => void;

/**
 * A zset as skiplist and dict: `saved` member by member, or `converted` from a packed blob, whose dict is never made
 * for it. Mirrors rdbLoadObject(), rdb.c, zsetConvert(), t_zset.c, and objectComputeSize(), object.c, Redis 4.0.14
 * to 7.0.15. An expectation, as node levels are random.
 */
export function skiplistZsets(rules: SkiplistRules): {
  readonly saved: AddZset;
  readonly converted: AddZset;
} {
  return {
    saved: (members, on, bill) => {
      dict.reset();
      if (rules.presized) dict.expand(members);
      else dict.insert(members);
      addSkiplist(members, on, bill, rules);
    },
    converted: (members, on, bill) => {
      dict.reset();
      dict.insert(members);
      addSkiplist(members, on, bill, rules);
    },
  };
}

function addSkiplist(members: number, on: TargetStats, bill: Bill, rules: SkiplistRules): void {
  const { target, zsetBytes, zsetHeap } = on;
  const { allocator, profile, zslNode } = target;
  const { sizes } = profile;
  const size = allocator.goodSize;
  const counted = rules.headsCounted ? 1 : 0;
  const header = size(zslNodeRequestBytes(sizes, rules.maxLevel));
  const nodes = Math.round(members * zslNode.mean);
  const buckets = 8 * (dict.first + dict.second);
  const entries = members * sizes.dictEntry;
  bill.encoding = ENCODING.skiplist;
  bill.add(ZSET, 1, sizes.zset, size(sizes.zset));
  bill.add(ZSKIPLIST, 1, counted * sizes.zskiplist, size(sizes.zskiplist));
  bill.add(HEADER, 1, counted * header, header);
  bill.add(NODES, members, nodes, nodes);
  bill.add(MEMBERS, members, zsetBytes.sum, zsetHeap.sum);
  bill.add(DICT, 1, counted * sizes.dict, size(sizes.dict));
  bill.add(BUCKETS, dict.second > 0 ? 2 : 1, buckets, bucketsHeap(on));
  bill.add(DICT_ENTRY, members, entries, members * size(sizes.dictEntry));
  const base = sizes.robj + sizes.zset + buckets + counted * (sizes.zskiplist + header + sizes.dict);
  addRounding(bill, base, nodes + zsetBytes.sum + entries, members);
  expectNodes(bill, members, zslNode);
  expectDict(bill, dict);
}

function bucketsHeap({ target }: TargetStats): number {
  const { goodSize } = target.allocator;
  return goodSize(8 * dict.first) + (dict.second > 0 ? goodSize(8 * dict.second) : 0);
}

/** Whether `members` loaded one by one are packed afterwards. Mirrors rdbLoadObject(), rdb.c, Redis 7.0.15. */
export function packsZset(members: number, largestBytes: number, { config }: Target): boolean {
  return members <= config.zsetMaxListpackEntries && largestBytes <= config.zsetMaxListpackValue;
}
