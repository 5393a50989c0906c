import { STREAM_NAME_PREFIX_BYTES } from "../../../../parsers/visitor.ts";
import type { Allocator } from "../../allocators/index.ts";
import { DictLoad } from "../dict-load.ts";
import { RaxCounter, RaxNodeSizes } from "./rax.ts";
import { SortedKeys } from "./sorted-keys.ts";

/** Bytes of a stream id as a rax key. */
const ID_BYTES = 16;
/** Bytes of a delivery time, with which the keys of PELs by time begin. */
const TIME_BYTES = 8;
/** sizeof(idmpEntry) without the id it ends with, stream.h, Redis 8.6.3. */
const IDMP_ENTRY_BYTES = 32;
const FIRST_GROUPS = 16;

/** What is told of each group; from `lanes` on two figures a lane: nodes of its PEL, and of its consumers' PELs. */
export const GROUP = { consumers: 0, consumerNameBytes: 1, pending: 2, lanes: 3 } as const;

/** What some server keeps of pending ids, so that they must be kept to be counted. */
export interface PendingNeeds {
  /** An index over all groups. */
  readonly index: boolean;
  /** Each group's by delivery time. */
  readonly byTime: boolean;
}

/**
 * What one walk over a stream counted: its radix trees, groups, consumers and producers. Depends on a server only by
 * the allocators, of which each has a lane: an index into what is counted for each.
 */
export class StreamStats {
  /** XLEN. */
  entries = 0;
  /** Bytes of all listpacks, as they count themselves. */
  listpackBytes = 0;
  consumers = 0;
  consumerNameBytes = 0;
  pending = 0;
  producers = 0;
  producerIds = 0;
  /** Trees of the listpacks by first id; of groups by name; of a group's PEL; of its consumers; of their PELs. */
  readonly listpacks: RaxCounter;
  readonly groupNames: RaxCounter;
  readonly pels: RaxCounter;
  readonly consumerNames: RaxCounter;
  readonly consumerPels: RaxCounter;
  readonly producerNames: RaxCounter;
  /** What an allocator holds for producers' ids, and for the bucket arrays they are found by. */
  readonly producerIdHeap: Float64Array;
  readonly producerTableHeap: Float64Array;
  private readonly producerDict = new DictLoad();
  private readonly allocators: readonly Allocator[];
  private readonly counters: readonly RaxCounter[];
  private readonly stride: number;
  private groupCells: Float64Array;
  /** Ids of the groups' PELs, and the tree of all of them: only where a server indexes them. */
  private readonly pendingIds: SortedKeys | undefined;
  private readonly pendingTree: RaxCounter;
  private pendingTreeCounted = false;
  /** The current group's PEL by time, and the trees of all groups'. */
  private readonly times: SortedKeys | undefined;
  private readonly timeTrees: RaxCounter;
  private readonly timeKey = new Uint8Array(TIME_BYTES + ID_BYTES);

  constructor(allocators: readonly Allocator[], needs: PendingNeeds) {
    const sizes = allocators.map((allocator) => new RaxNodeSizes(allocator));
    const counter = (): RaxCounter => new RaxCounter(sizes);
    this.listpacks = counter();
    this.groupNames = counter();
    this.pels = counter();
    this.consumerNames = counter();
    this.consumerPels = counter();
    this.producerNames = counter();
    this.pendingTree = counter();
    this.timeTrees = counter();
    this.counters = [
      this.listpacks,
      this.groupNames,
      this.pels,
      this.consumerNames,
      this.consumerPels,
      this.producerNames,
    ];
    this.allocators = allocators;
    this.producerIdHeap = new Float64Array(allocators.length);
    this.producerTableHeap = new Float64Array(allocators.length);
    this.stride = GROUP.lanes + 2 * allocators.length;
    this.groupCells = new Float64Array(FIRST_GROUPS * this.stride);
    this.pendingIds = needs.index ? new SortedKeys(ID_BYTES) : undefined;
    this.times = needs.byTime ? new SortedKeys(TIME_BYTES + ID_BYTES) : undefined;
  }

  reset(): void {
    this.entries = 0;
    this.listpackBytes = 0;
    this.consumers = 0;
    this.consumerNameBytes = 0;
    this.pending = 0;
    this.producers = 0;
    this.producerIds = 0;
    this.producerIdHeap.fill(0);
    this.producerTableHeap.fill(0);
    for (const counter of this.counters) counter.reset();
    this.pendingIds?.reset();
    this.times?.reset();
    this.timeTrees.reset();
    this.pendingTreeCounted = false;
  }

  get groups(): number {
    return this.pels.trees;
  }

  /** Keys that came in no ascending order: the trees' shape is a guess. */
  get disorder(): number {
    return this.counters.reduce((sum, counter) => sum + counter.disorder, 0);
  }

  node(id: Uint8Array, start: number): void {
    if (this.listpacks.trees === 0) this.listpacks.begin();
    this.listpacks.add(id, start, ID_BYTES);
  }

  length(entries: number): void {
    this.entries = entries;
    if (this.listpacks.trees === 0) this.listpacks.begin();
  }

  group(nameBytes: number, pending: number, buffer: Uint8Array, start: number): void {
    if (this.groupNames.trees === 0) this.groupNames.begin();
    addName(this.groupNames, nameBytes, buffer, start);
    this.keepGroup();
    this.closeTimes();
    this.consumerNames.begin();
    this.pels.begin();
    this.pending += pending;
  }

  groupPending(buffer: Uint8Array, start: number): void {
    this.pels.add(buffer, start, ID_BYTES);
    this.pendingIds?.add(buffer, start);
    if (this.times !== undefined) this.addTime(this.times, buffer, start);
  }

  /** A key by time: the delivery time, big-endian, then the id. Mirrors encodePelTimeKey(), t_stream.c, Redis 8.4. */
  private addTime(times: SortedKeys, buffer: Uint8Array, start: number): void {
    const { timeKey } = this;
    for (let i = 0; i < TIME_BYTES; i++) timeKey[i] = buffer[start + ID_BYTES + TIME_BYTES - 1 - i]!;
    for (let i = 0; i < ID_BYTES; i++) timeKey[TIME_BYTES + i] = buffer[start + i]!;
    times.add(timeKey, 0);
  }

  /** Counts the tree by time of the group before, if it has not been yet. */
  private closeTimes(): void {
    if (this.times === undefined || this.timeTrees.trees === this.groups) return;
    this.times.count(this.timeTrees);
    this.times.reset();
  }

  consumer(nameBytes: number, buffer: Uint8Array, start: number): void {
    addName(this.consumerNames, nameBytes, buffer, start);
    this.consumers++;
    this.consumerNameBytes += nameBytes;
    this.consumerPels.begin();
  }

  consumerPending(buffer: Uint8Array, start: number): void {
    this.consumerPels.add(buffer, start, ID_BYTES);
  }

  producer(nameBytes: number, ids: number, buffer: Uint8Array, start: number): void {
    if (this.producerNames.trees === 0) this.producerNames.begin();
    addName(this.producerNames, nameBytes, buffer, start);
    this.producers++;
    this.producerIds += ids;
    this.producerDict.reset();
    this.producerDict.insert(ids);
    for (let i = 0; i < this.allocators.length; i++) {
      this.producerTableHeap[i]! += this.producerDict.heapBytes(this.allocators[i]!);
    }
  }

  producerId(bytes: number): void {
    for (let i = 0; i < this.allocators.length; i++) {
      this.producerIdHeap[i]! += this.allocators[i]!.goodSize(IDMP_ENTRY_BYTES + bytes);
    }
  }

  /** What one group adds to a figure: a `GROUP` cell, or the bytes of its PEL or its consumers' PELs on a lane. */
  groupFigure(group: number, cell: number): number {
    const at = group * this.stride + cell;
    const next = group + 1 < this.groups ? this.groupCells[at + this.stride]! : this.figure(cell);
    return next - this.groupCells[at]!;
  }

  /**
   * The tree of all ids that are pending in any group. Of too many it is told as if no two groups had one in common:
   * `pendingIdsKnown` is false then.
   */
  pendingIdTree(): RaxCounter {
    const { pels, pendingIds, pendingTree } = this;
    if (pendingIds === undefined || pendingIds.tooMany) return pels;
    if (!this.pendingTreeCounted) {
      pendingTree.reset();
      if (pendingIds.added > 0) pendingIds.count(pendingTree);
      this.pendingTreeCounted = true;
    }
    return pendingTree;
  }

  /** The trees of each group's pending ids by delivery time: keys without values. */
  pelsByTime(): RaxCounter {
    this.closeTimes();
    return this.timeTrees;
  }

  get pendingIdsKnown(): boolean {
    return this.pendingIds !== undefined && !this.pendingIds.tooMany;
  }

  /** Keeps the sums as they stand before a group: the difference to the next group's is what it has. */
  private keepGroup(): void {
    const at = this.groups * this.stride;
    if (at === this.groupCells.length) {
      const longer = new Float64Array(2 * at);
      longer.set(this.groupCells);
      this.groupCells = longer;
    }
    for (let cell = 0; cell < this.stride; cell++) this.groupCells[at + cell] = this.figure(cell);
  }

  private figure(cell: number): number {
    if (cell === GROUP.consumers) return this.consumers;
    if (cell === GROUP.consumerNameBytes) return this.consumerNameBytes;
    if (cell === GROUP.pending) return this.pending;
    const lane = (cell - GROUP.lanes) >> 1;
    const rax = ((cell - GROUP.lanes) & 1) === 0 ? this.pels : this.consumerPels;
    return rax.bytes[lane]!;
  }
}

function addName(rax: RaxCounter, nameBytes: number, buffer: Uint8Array, start: number): void {
  rax.add(buffer, start, nameBytes, Math.min(nameBytes, STREAM_NAME_PREFIX_BYTES));
}
