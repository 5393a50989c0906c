import type { Bill, Part } from "../../bill.ts";
import type { TargetStats, ValueStats } from "../../stats.ts";
import { sdsRequestBytes } from "../sds.ts";
import { raxNodeBytes } from "./rax.ts";
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

/** sizeof() of list and listNode, adlist.h, of idmpProducer, stream.h, of dict and dictEntry, dict.c, Redis 8.6.3. */
const LIST = 48;
const LIST_NODE = 24;
const IDMP_PRODUCER = 24;
const ROBJ = 16;
const SDSHDR8 = 3;
const DICT = 56;
const DICT_ENTRY = 24;
/** A rax node without children that has a value, and what it has less without one. */
const LEAF = raxNodeBytes(0, 0, true);
const POINTER = 8;
/** object.c: a string so long stands in its object. */
const OBJ_ENCODING_EMBSTR_SIZE_LIMIT = 44;

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
 * The index from each pending id to the groups it is pending in, a list each. MEMORY USAGE knows of the tree at most.
 * Mirrors streamLinkCGroupToEntry(), t_stream.c, Redis 8.6.3. Exact unless there are too many ids to be kept.
 */
export const addPendingIndex: StreamExtra = ({ stream }, sizes, usage, on, bill) => {
  if (stream.pending === 0) return;
  const tree = stream.pendingIdTree();
  const size = on.target.allocator.goodSize;
  const counted = usage.nameTrees(tree, sizes, on);
  bill.add(INDEX, tree.elements, counted, raxHeapBytes(tree, sizes, on));
  bill.add(INDEX_LISTS, tree.elements, 0, tree.elements * size(LIST) + stream.pending * size(LIST_NODE));
  if (!stream.pendingIdsKnown) bill.expect(counted, 0);
};

/**
 * Each group's pending ids by delivery time, keys without values, which MEMORY USAGE leaves out. Mirrors
 * encodePelTimeKey(), t_stream.c, Redis 8.4. Exact for as many ids as are kept.
 */
export const addPelByTime: StreamExtra = ({ stream }, sizes, _usage, on, bill) => {
  if (stream.groups === 0) return;
  const trees = stream.pelsByTime();
  const { allocator } = on.target;
  const values = trees.elements * (allocator.goodSize(LEAF) - allocator.goodSize(LEAF - POINTER));
  bill.add(BY_TIME, trees.trees, 0, raxHeapBytes(trees, sizes, on) - values);
};

/**
 * Producers and the ids they gave, before any of them is past its time. MEMORY USAGE knows of no tree and no dict of
 * them. Mirrors rdbLoadStreamIdmpEntries(), rdb.c, Redis 8.6.3. Exact; bucket arrays in their likeliest state.
 */
export const addProducers: StreamExtra = ({ stream, nameBytes }, sizes, usage, on, bill) => {
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
  const tracked =
    nameBytes <= OBJ_ENCODING_EMBSTR_SIZE_LIMIT
      ? size(ROBJ + SDSHDR8 + nameBytes + 1)
      : size(ROBJ) + size(sdsRequestBytes(nameBytes));
  bill.add(TRACKED, 1, 0, tracked + size(DICT_ENTRY));
  bill.add(PRODUCER_DICTS, producers, 0, producers * size(DICT) + producerIds * size(DICT_ENTRY) + tables);
};
