import type { Bill, Part } from "../bill.ts";
import type { TargetStats } from "../stats.ts";
import type { StreamSizes } from "./stream-sizes.ts";
import type { StreamStats } from "./stream-stats.ts";
import { raxHeapBytes, type StreamUsage } from "./stream-usage.ts";

/** sizeof() of list and listNode, adlist.h, of idmpProducer, stream.h, of dict and dictEntry, dict.c, Redis 8.6.3. */
const LIST = 48;
const LIST_NODE = 24;
const IDMP_PRODUCER = 24;
const DICT = 56;
const DICT_ENTRY = 24;

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
  source: "raxInsertPelByTime(), t_stream.c, Redis 8.4; guessed to be as large as those by id",
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

/**
 * The index from each pending id to the groups it is pending in, a list each. MEMORY USAGE knows of the tree at most.
 * Mirrors streamLinkCGroupToEntry(), t_stream.c, Redis 8.6.3. Exact unless there are too many ids to be kept.
 */
export function addPendingIndex(
  stream: StreamStats,
  sizes: StreamSizes,
  usage: StreamUsage,
  on: TargetStats,
  bill: Bill,
): void {
  if (stream.pending === 0) return;
  const tree = stream.pendingIdTree();
  const size = on.target.allocator.goodSize;
  const counted = usage.nameTrees(tree, sizes, on);
  bill.add(INDEX, tree.elements, counted, raxHeapBytes(tree, sizes, on));
  bill.add(INDEX_LISTS, tree.elements, 0, tree.elements * size(LIST) + stream.pending * size(LIST_NODE));
  if (!stream.pendingIdsKnown) bill.expect(counted, 0);
}

/** Each group's pending ids by delivery time, in the heap only. A guess: as many nodes as by id, without values. */
export function addPelByTime(
  { pels }: StreamStats,
  sizes: StreamSizes,
  _usage: StreamUsage,
  on: TargetStats,
  bill: Bill,
): void {
  if (pels.trees === 0) return;
  const { allocator } = on.target;
  const values = pels.elements * (allocator.goodSize(16) - allocator.goodSize(8));
  bill.add(BY_TIME, pels.trees, 0, raxHeapBytes(pels, sizes, on) - values);
}

/**
 * Producers and the ids they gave, before any of them is past its time. MEMORY USAGE knows of no tree and no dict of
 * them. Mirrors rdbLoadStreamIdmpEntries(), rdb.c, Redis 8.6.3. Exact; bucket arrays in their likeliest state.
 */
export function addProducers(
  stream: StreamStats,
  sizes: StreamSizes,
  usage: StreamUsage,
  on: TargetStats,
  bill: Bill,
): void {
  const { producers, producerIds } = stream;
  if (producers === 0) return;
  const size = on.target.allocator.goodSize;
  const ids = stream.producerIdHeap[on.lane]!;
  const tables = stream.producerTableHeap[on.lane]!;
  bill.add(
    PRODUCERS,
    producers,
    producers * usage.struct(IDMP_PRODUCER, on),
    producers * size(IDMP_PRODUCER),
  );
  bill.add(PRODUCER_TREE, 1, 0, raxHeapBytes(stream.producerNames, sizes, on));
  bill.add(PRODUCER_IDS, producerIds, ids, ids);
  bill.add(PRODUCER_DICTS, producers, 0, producers * size(DICT) + producerIds * size(DICT_ENTRY) + tables);
}
