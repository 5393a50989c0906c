import type { Bill, Part } from "../../bill.ts";
import type { TargetStats, ValueStats } from "../../stats.ts";
import { sdsZmallocSize } from "../../target.ts";
import { raxNodeBytes } from "../rax-nodes.ts";
import { EMBSTR_SIZE_LIMIT, embstrBytes } from "../robj.ts";
import type { StreamSizes } from "./sizes.ts";
import { raxHeapBytes, type StreamUsage } from "./usage.ts";

/** What a server adds to streams beyond entries, groups and consumers. */
export type StreamExtra = (
  stats: ValueStats,
  sizes: StreamSizes,
  usage: StreamUsage,
  on: TargetStats,
  bill: Bill,
) => void;

/** sizeof() of list and listNode, adlist.h, and of idmpProducer, stream.h, Redis 8.6.3. */
const LIST = 48;
const LIST_NODE = 24;
const IDMP_PRODUCER = 24;
/** A rax node without children that has a value, and what it has less without one. */
const LEAF = raxNodeBytes(0, 0, true);
const POINTER = 8;

const INDEX: Part = {
  name: "radix tree from pending ids to groups",
  source: "streamLinkCGroupToEntry(), t_stream.c, Redis 8.6.3",
};
const INDEX_LISTS: Part = {
  name: "lists of groups by pending id",
  source: "streamLinkCGroupToEntry(), t_stream.c, Redis 8.6.3",
};
const BY_TIME: Part = {
  name: "radix trees of pending ids by time",
  source: "encodePelTimeKey(), t_stream.c, Redis 8.4",
};
const PRODUCERS: Part = { name: "idmpProducer", source: "idmpProducerCreate(), t_stream.c, Redis 8.6.3" };
const PRODUCER_TREE: Part = {
  name: "radix tree of producers",
  source: "rdbLoadStreamIdmpEntries(), rdb.c, Redis 8.6.3",
};
const PRODUCER_IDS: Part = { name: "idmpEntry", source: "idmpEntryCreate(), t_stream.c, Redis 8.6.3" };
const PRODUCER_DICTS: Part = {
  name: "dicts of producers' ids",
  source: "idmpProducerCreate(), t_stream.c, Redis 8.6.3",
};

const TRACKED: Part = {
  name: "entry in stream_idmp_keys",
  source: "rdbLoadRioWithLoadingCtx(), rdb.c, Redis 8.6.3",
};

/**
 * The index from each pending id to the groups it is pending in, a list each. MEMORY
 * USAGE knows of the tree at most. Mirrors streamLinkCGroupToEntry(), t_stream.c, Redis
 * 8.6.3. Exact unless there are too many ids to be kept.
 */
export const addPendingIndex: StreamExtra = ({ stream }, sizes, usage, on, bill) => {
  if (stream.pending === 0) return;
  const tree = stream.pendingIds.ofAllGroups() ?? stream.pels;
  const size = on.target.allocator.goodSize;
  const counted = usage.nameTrees(tree, sizes, on);
  bill.add(INDEX, tree.elements, counted, raxHeapBytes(tree, sizes, on));
  bill.add(INDEX_LISTS, tree.elements, 0, tree.elements * size(LIST) + stream.pending * size(LIST_NODE));
  if (!stream.pendingIds.known) bill.expect(counted, 0);
};

/**
 * Each group's pending ids by delivery time, keys without values, which MEMORY USAGE leaves out. Mirrors
 * encodePelTimeKey(), t_stream.c, Redis 8.4. Exact for as many ids as are kept.
 */
export const addPelByTime: StreamExtra = ({ stream }, sizes, _usage, on, bill) => {
  if (stream.groups === 0) return;
  const trees = stream.pendingIds.byTime();
  const { allocator } = on.target;
  const values = trees.elements * (allocator.goodSize(LEAF) - allocator.goodSize(LEAF - POINTER));
  bill.add(BY_TIME, trees.trees, 0, raxHeapBytes(trees, sizes, on) - values);
};

/**
 * Producers and the ids they gave, before any of them is past its time. MEMORY USAGE
 * knows of no tree and no dict of them. Mirrors rdbLoadStreamIdmpEntries(), rdb.c, Redis
 * 8.6.3. Exact; bucket arrays in their likeliest state.
 */
export const addProducers: StreamExtra = ({ stream, nameBytes }, sizes, usage, on, bill) => {
  const { count, ids, names, idHeap, tableHeap } = stream.producers;
  if (count === 0) return;
  const { target } = on;
  const { robj, dict, dictEntry } = target.profile.sizes;
  const size = target.allocator.goodSize;
  const idBytes = idHeap[on.lane]!;
  bill.add(PRODUCERS, count, count * usage.struct(IDMP_PRODUCER, on), count * size(IDMP_PRODUCER));
  bill.add(PRODUCER_TREE, 1, 0, raxHeapBytes(names, sizes, on));
  bill.add(PRODUCER_IDS, ids, idBytes, idBytes);
  const tracked =
    nameBytes <= EMBSTR_SIZE_LIMIT
      ? embstrBytes(target, nameBytes)
      : size(robj) + sdsZmallocSize(target, nameBytes);
  bill.add(TRACKED, 1, 0, tracked + size(dictEntry));
  const tables = tableHeap[on.lane]!;
  bill.add(PRODUCER_DICTS, count, 0, count * size(dict) + ids * size(dictEntry) + tables);
};
