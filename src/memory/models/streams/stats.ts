import type { Allocator } from "../../allocators/index.ts";
import { RaxCounter } from "../rax.ts";
import { RaxNodeSizes } from "../rax-nodes.ts";
import { addName } from "./names.ts";
import { ID_BYTES, PendingIds, type PendingNeeds } from "./pending.ts";
import { ProducerStats } from "./producers.ts";

const FIRST_GROUPS = 16;

/**
 * What is told of each group; from `lanes` on two figures a lane:
 * nodes of its PEL, and of its consumers' PELs.
 */
export const GROUP = { consumers: 0, consumerNameBytes: 1, pending: 2, lanes: 3 } as const;

/**
 * What one walk over a stream counted: its radix trees, groups, consumers and producers. Depends on a server
 * only by the allocators, of which each has a lane: an index into what is counted for each.
 */
export class StreamStats {
  /** XLEN. */
  entries = 0;
  /** Bytes of all listpacks, as they count themselves. */
  listpackBytes = 0;
  consumers = 0;
  consumerNameBytes = 0;
  pending = 0;
  /**
   * Trees of the listpacks by first id; of groups by name; of a group's PEL; of its consumers; of their PELs.
   */
  readonly listpacks: RaxCounter;
  readonly groupNames: RaxCounter;
  readonly pels: RaxCounter;
  readonly consumerNames: RaxCounter;
  readonly consumerPels: RaxCounter;
  readonly producers: ProducerStats;
  readonly pendingIds: PendingIds;
  private readonly counters: readonly RaxCounter[];
  private readonly stride: number;
  private groupCells: Float64Array;

  constructor(allocators: readonly Allocator[], needs: PendingNeeds) {
    const sizes = allocators.map((allocator) => new RaxNodeSizes(allocator));
    const counter = (): RaxCounter => new RaxCounter(sizes);
    this.listpacks = counter();
    this.groupNames = counter();
    this.pels = counter();
    this.consumerNames = counter();
    this.consumerPels = counter();
    this.producers = new ProducerStats(allocators, sizes);
    this.pendingIds = new PendingIds(sizes, needs);
    this.counters = [
      this.listpacks,
      this.groupNames,
      this.pels,
      this.consumerNames,
      this.consumerPels,
      this.producers.names,
    ];
    this.stride = GROUP.lanes + 2 * allocators.length;
    this.groupCells = new Float64Array(FIRST_GROUPS * this.stride);
  }

  reset(): void {
    this.entries = 0;
    this.listpackBytes = 0;
    this.consumers = 0;
    this.consumerNameBytes = 0;
    this.pending = 0;
    for (const counter of this.counters) counter.reset();
    this.producers.reset();
    this.pendingIds.reset();
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
    this.pendingIds.beginGroup();
    this.consumerNames.begin();
    this.pels.begin();
    this.pending += pending;
  }

  groupPending(buffer: Uint8Array, start: number): void {
    this.pels.add(buffer, start, ID_BYTES);
    this.pendingIds.add(buffer, start);
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

  /**
   * What one group adds to a figure: a `GROUP` cell, or the bytes of
   * its PEL or its consumers' PELs on a lane.
   */
  groupFigure(group: number, cell: number): number {
    const at = group * this.stride + cell;
    const next = group + 1 < this.groups ? this.groupCells[at + this.stride]! : this.figure(cell);
    return next - this.groupCells[at]!;
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
