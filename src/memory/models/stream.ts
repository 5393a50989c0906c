import type { Part } from "../bill.ts";
import type { Finish } from "../loader.ts";
import { ENCODING, EXACTNESS } from "../types.ts";
import { raxHeapBytes } from "./rax.ts";

const STREAM: Part = { name: "stream", source: "streamNew(), t_stream.c, Redis 7.2.6" };
const TREES: Part = {
  name: "radix trees of entries and pending ids",
  source: "streamRadixTreeMemoryUsage(), object.c; raxNewNode(), rax.c, Redis 7.2.6",
};
const LISTPACKS: Part = { name: "listpacks of entries", source: "rdbLoadObject(), rdb.c, Redis 7.2.6" };
const GROUPS: Part = { name: "streamCG", source: "streamCreateCG(), t_stream.c, Redis 7.2.6" };
const PENDING: Part = { name: "streamNACK", source: "streamCreateNACK(), t_stream.c, Redis 7.2.6" };
const CONSUMERS: Part = { name: "streamConsumer", source: "streamCreateConsumer(), t_stream.c, Redis 7.2.6" };
const NAMES: Part = {
  name: "consumers' names (sds)",
  source: "streamCreateConsumer(), t_stream.c, Redis 7.2.6",
};
const NAME_TREES: Part = {
  name: "radix trees of group and consumer names",
  source: "streamCreateCG(), t_stream.c, Redis 7.2.6",
};

/**
 * A stream: its radix trees by the server's guess of 244 bytes a node, its listpacks by what they hold, groups and
 * consumers. Mirrors objectComputeSize() and streamRadixTreeMemoryUsage(), object.c, Redis 7.2.6. Exact for
 * ids in order; the heap leaves out the radix trees of group and consumer names but a node a name.
 */
export const finishStream: Finish = (stats, on, bill) => {
  const { allocator, profile } = on.target;
  const { sizes } = profile;
  const { rax, groups, pending, consumers } = stats;
  const size = allocator.goodSize;
  const trees = rax.elements * sizes.streamID + rax.nodes * (sizes.raxNode + sizes.raxNodeGuess);
  const nameTrees = groups + (groups > 0 ? 1 : 0);
  bill.encoding = ENCODING.stream;
  bill.add(STREAM, 1, sizes.stream, size(sizes.stream));
  bill.add(TREES, rax.trees, trees, raxHeapBytes(rax, on.target));
  bill.add(LISTPACKS, rax.elements, on.listpackHeap, on.listpackHeap);
  bill.add(GROUPS, groups, groups * sizes.streamCG, groups * size(sizes.streamCG));
  bill.add(PENDING, pending, pending * sizes.streamNACK, pending * size(sizes.streamNACK));
  bill.add(CONSUMERS, consumers, consumers * sizes.streamConsumer, consumers * size(sizes.streamConsumer));
  bill.add(NAMES, consumers, stats.consumerNameBytes, on.nameHeap);
  bill.add(
    NAME_TREES,
    nameTrees,
    0,
    nameTrees * (size(sizes.rax) + size(8)) + (groups + consumers) * size(32),
  );
  if (rax.disorder > 0) bill.exactness = EXACTNESS.expectation;
};
