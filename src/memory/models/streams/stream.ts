import type { Bill, Part } from "../../bill.ts";
import type { Finish } from "../../loader.ts";
import type { TargetStats } from "../../stats.ts";
import type { Target } from "../../target.ts";
import { ENCODING } from "../../types.ts";
import type { RaxCounter } from "../rax.ts";
import { addPelByTime, addPendingIndex, addProducers, type StreamExtra } from "./extras.ts";
import type { PendingNeeds } from "./pending.ts";
import {
  STREAM_50,
  STREAM_62,
  STREAM_70,
  STREAM_72,
  STREAM_82,
  STREAM_84,
  STREAM_86,
  STREAM_88,
  STREAM_VALKEY_81,
  type StreamSizes,
} from "./sizes.ts";
import { GROUP, type StreamStats } from "./stats.ts";
import { raxHeapBytes, type StreamUsage, USAGE_50, USAGE_62, USAGE_86, USAGE_VALKEY_81 } from "./usage.ts";

/** Redis 6.0. */
export const finishStream60 = streamFinish(STREAM_50, USAGE_50);
/**
 * Redis 5.0, whose OBJECT ENCODING has no name for a stream. Mirrors strEncoding(), object.c, Redis 5.0.14.
 */
export const finishStream50: Finish = (stats, on, bill) => {
  finishStream60(stats, on, bill);
  bill.encoding = ENCODING.unknown;
};
/** Redis 6.2. */
export const finishStream62 = streamFinish(STREAM_62, USAGE_62);
/** Redis 7.0. */
export const finishStream70 = streamFinish(STREAM_70, USAGE_62);
/** Redis 7.2, 7.4 and 8.0, Valkey 7.2 and 8.0. */
export const finishStream72 = streamFinish(STREAM_72, USAGE_62);
/** Valkey 8.1, 9.0 and 9.1. */
export const finishStreamValkey81 = streamFinish(STREAM_VALKEY_81, USAGE_VALKEY_81);
/** Redis 8.2. */
export const finishStream82 = streamFinish(STREAM_82, USAGE_62, [addPendingIndex]);
/** Redis 8.4. */
export const finishStream84 = streamFinish(STREAM_84, USAGE_62, [addPendingIndex, addPelByTime]);
/** Redis 8.6. */
export const finishStream86 = streamFinish(STREAM_86, USAGE_86, [addPendingIndex, addProducers]);
/** Redis 8.8 and 8.10. */
export const finishStream88 = streamFinish(STREAM_88, USAGE_86, [addPendingIndex, addProducers]);

const INDEXING: ReadonlySet<Finish> = new Set([
  finishStream82,
  finishStream84,
  finishStream86,
  finishStream88,
]);

/** What the targets' servers keep of pending ids. */
export function pendingNeeds(targets: readonly Target[]): PendingNeeds {
  const finishes = targets.map(({ profile }) => profile.loader.stream);
  return {
    index: finishes.some((finish) => INDEXING.has(finish)),
    byTime: finishes.includes(finishStream84),
  };
}

/**
 * A stream as loaded: its blobs as they are, and radix trees of its entries, groups, consumers and pending
 * ids. Mirrors rdbLoadObject(), rdb.c. Exact for keys in order, as servers write them.
 */
function streamFinish(sizes: StreamSizes, usage: StreamUsage, extras: readonly StreamExtra[] = []): Finish {
  const parts = partsOf(sizes.version);
  const { idTrees, nameTrees } = usage;
  return (stats, on, bill) => {
    const { stream } = stats;
    const { consumers, groups, pending, listpacks } = stream;
    bill.encoding = ENCODING.stream;
    bill.add(parts.stream, 1, usage.header(sizes, on), on.target.allocator.goodSize(sizes.stream));
    addTrees(parts.tree, listpacks, idTrees, sizes, on, bill);
    bill.add(parts.listpacks, listpacks.elements, usage.listpacks(stream, on), on.listpackHeap);
    const rounding = usage.averages ? lostToAverages(stream, sizes, on, bill) : 0;
    if (rounding !== 0) bill.add(parts.averages, 1, rounding, 0);
    if (groups > 0) {
      addStructs(parts.group, groups, sizes.streamCG, usage, on, bill);
      addTrees(parts.groupNames, stream.groupNames, nameTrees, sizes, on, bill);
      addTrees(parts.pels, stream.pels, idTrees, sizes, on, bill);
      addStructs(parts.nacks, pending, sizes.streamNACK, usage, on, bill);
      addTrees(parts.consumerNames, stream.consumerNames, nameTrees, sizes, on, bill);
      addStructs(parts.consumers, consumers, sizes.streamConsumer, usage, on, bill);
      bill.add(parts.names, consumers, usage.names(stream, on), on.nameHeap);
      addTrees(parts.consumerPels, stream.consumerPels, idTrees, sizes, on, bill);
    }
    for (const extra of extras) extra(stats, sizes, usage, on, bill);
    if (stream.disorder > 0) bill.expect(0, 0);
  };
}

function addStructs(
  part: Part,
  count: number,
  bytes: number,
  usage: StreamUsage,
  on: TargetStats,
  bill: Bill,
): void {
  bill.add(part, count, count * usage.struct(bytes, on), count * on.target.allocator.goodSize(bytes));
}

/** `counted`: one of `usage`'s, which says what MEMORY USAGE counts of trees of that kind. */
function addTrees(
  part: Part,
  rax: RaxCounter,
  counted: StreamUsage["idTrees"],
  sizes: StreamSizes,
  on: TargetStats,
  bill: Bill,
): void {
  bill.add(part, rax.trees, counted(rax, sizes, on), raxHeapBytes(rax, sizes, on));
}

/**
 * Bytes that truncation takes from the sums of a group's consumers and of all groups, both
 * `(double)sum / samples * count`. Called when the bill holds what precedes the groups.
 * Mirrors objectComputeSize(), object.c, Valkey 8.1.1.
 */
function lostToAverages(stream: StreamStats, sizes: StreamSizes, on: TargetStats, bill: Bill): number {
  const { groups } = stream;
  if (groups === 0) return 0;
  const head = on.target.allocator.goodSize(sizes.rax);
  const pelLane = GROUP.lanes + 2 * on.lane;
  let whole = 0;
  let summed = 0;
  for (let group = 0; group < groups; group++) {
    const consumers = stream.groupFigure(group, GROUP.consumers);
    const own =
      sizes.streamCG +
      head +
      stream.groupFigure(group, pelLane) +
      sizes.streamNACK * stream.groupFigure(group, GROUP.pending);
    const theirs =
      consumers * (sizes.streamConsumer + head) +
      stream.groupFigure(group, GROUP.consumerNameBytes) +
      stream.groupFigure(group, pelLane + 1);
    whole += own + theirs;
    summed += own;
    if (consumers > 0) summed = Math.trunc(summed + (theirs / consumers) * consumers);
  }
  const before = on.target.profile.sizes.robj + bill.bytes;
  return Math.trunc(before + (summed / groups) * groups) - before - whole;
}

function partsOf(version: string) {
  const part = (name: string, where: string): Part => ({ name, source: `${where}, ${version}` });
  return {
    stream: part("stream", "streamNew(), t_stream.c"),
    tree: part("radix tree of listpacks", "raxGenericInsert(), rax.c"),
    listpacks: part("listpacks of entries", "rdbLoadObject(), rdb.c"),
    averages: part("rounding of averages", "objectComputeSize(), object.c"),
    group: part("streamCG", "streamCreateCG(), t_stream.c"),
    groupNames: part("radix tree of groups", "streamCreateCG(), t_stream.c"),
    pels: part("radix trees of groups' pending ids", "streamCreateCG(), t_stream.c"),
    nacks: part("streamNACK", "streamCreateNACK(), t_stream.c"),
    consumerNames: part("radix trees of consumers", "streamCreateConsumer(), t_stream.c"),
    consumers: part("streamConsumer", "streamCreateConsumer(), t_stream.c"),
    names: part("consumers' names (sds)", "streamCreateConsumer(), t_stream.c"),
    consumerPels: part("radix trees of consumers' pending ids", "streamCreateConsumer(), t_stream.c"),
  };
}
