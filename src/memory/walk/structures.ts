import { sdsAllocSize } from "../models/sds.ts";
import { moduleStringBytes, vectorBytes } from "../models/vector-set.ts";
import { ValueStats } from "../stats.ts";
import { sdsZmallocSize, type Target } from "../target.ts";

/**
 * Counts what a walk reports of streams, modules and hash templates: the methods of `ValueVisitor` for these.
 */
export class StructureWalk {
  readonly stats: ValueStats;
  moduleHigh = 0;
  moduleLow = 0;

  constructor(targets: readonly Target[]) {
    this.stats = new ValueStats(targets);
  }

  streamNode(idBytes: Uint8Array, start: number, _liveEntries: number): void {
    this.stats.stream.node(idBytes, start);
  }

  streamLength(entries: number): void {
    this.stats.stream.length(entries);
  }

  streamGroup(nameBytes: number, pending: number, buffer: Uint8Array, start: number): void {
    this.stats.stream.group(nameBytes, pending, buffer, start);
  }

  streamPending(buffer: Uint8Array, start: number): void {
    this.stats.stream.groupPending(buffer, start);
  }

  streamConsumer(nameBytes: number, _pending: number, buffer: Uint8Array, start: number): void {
    const { stats } = this;
    stats.stream.consumer(nameBytes, buffer, start);
    for (const on of stats.targets) {
      const heap = sdsZmallocSize(on.target, nameBytes);
      on.nameHeap += heap;
      on.nameUsable += sdsAllocSize(nameBytes, heap);
    }
  }

  streamConsumerPending(buffer: Uint8Array, start: number): void {
    this.stats.stream.consumerPending(buffer, start);
  }

  streamProducer(nameBytes: number, ids: number, buffer: Uint8Array, start: number): void {
    this.stats.stream.producers.producer(nameBytes, ids, buffer, start);
  }

  streamProducerId(bytes: number): void {
    this.stats.stream.producers.id(bytes);
  }

  module(high: number, low: number, serializedBytes: number): void {
    this.stats.moduleBytes = serializedBytes;
    this.moduleHigh = high;
    this.moduleLow = low;
  }

  vectorNode(itemBytes: number, attributeBytes: number, level: number, links: number): void {
    const { stats } = this;
    const { vectors, targets } = stats;
    vectors.add(itemBytes, attributeBytes, level, links);
    stats.payloadBytes += itemBytes + attributeBytes;
    if (itemBytes > stats.largestBytes) stats.largestBytes = itemBytes;
    for (const on of targets) {
      on.nameHeap += moduleStringBytes(on.target, itemBytes);
      if (attributeBytes > 0) on.nameHeap += moduleStringBytes(on.target, attributeBytes);
    }
  }

  vectorSet(dimensions: number, quantization: number, projectedFrom: number): void {
    const { stats } = this;
    const { vectors } = stats;
    vectors.known = true;
    vectors.dimensions = dimensions;
    vectors.quantization = quantization;
    vectors.projectedFrom = projectedFrom;
    stats.payloadBytes += vectors.nodes * vectorBytes(vectors);
  }

  template(_fields: number, nameBytes: number, largestNameBytes: number): void {
    const { stats } = this;
    stats.payloadBytes += nameBytes;
    stats.templateNameBytes = nameBytes;
    if (largestNameBytes > stats.largestBytes) stats.largestBytes = largestNameBytes;
  }
}
