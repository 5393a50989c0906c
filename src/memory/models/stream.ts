import { exactly, type Finish } from "../finished.ts";
import { ENCODING } from "../types.ts";
import { raxHeapBytes } from "./rax.ts";

/**
 * A stream: its radix trees by the server's guess of 244 bytes a node, its listpacks by what they hold, groups and
 * consumers. Mirrors objectComputeSize() and streamRadixTreeMemoryUsage(), object.c, Redis 7.2.6. Exact for
 * ids in order; the heap leaves out the radix trees of group and consumer names but a node a name.
 */
export const finishStream: Finish = (stats, target, index, out) => {
  const { allocator, profile } = target;
  const { sizes } = profile;
  const { rax } = stats;
  const listpacks = stats.listpackHeap[index] as number;
  const trees = rax.elements * sizes.streamID + rax.nodes * (sizes.raxNode + sizes.raxNodeGuess);
  const valueBytes =
    sizes.robj +
    sizes.stream +
    trees +
    listpacks +
    stats.groups * sizes.streamCG +
    stats.pending * sizes.streamNACK +
    stats.consumers * sizes.streamConsumer +
    stats.consumerNameBytes;
  const nameTrees = stats.groups + (stats.groups > 0 ? 1 : 0);
  const valueHeapBytes =
    allocator.goodSize(sizes.robj) +
    allocator.goodSize(sizes.stream) +
    raxHeapBytes(rax, target) +
    listpacks +
    stats.groups * allocator.goodSize(sizes.streamCG) +
    stats.pending * allocator.goodSize(sizes.streamNACK) +
    stats.consumers * allocator.goodSize(sizes.streamConsumer) +
    (stats.nameHeap[index] as number) +
    nameTrees * (allocator.goodSize(sizes.rax) + allocator.goodSize(8)) +
    (stats.groups + stats.consumers) * allocator.goodSize(32);
  exactly(out, ENCODING.stream, valueBytes, valueHeapBytes);
  if (rax.disorder > 0) out.exactness = 1;
};
