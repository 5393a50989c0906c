import { RaxCounter } from "../rax.ts";
import type { RaxNodeSizes } from "../rax-nodes.ts";
import { SortedKeys } from "./sorted-keys.ts";

/** Bytes of a stream id as a rax key. */
export const ID_BYTES = 16;
/** Bytes of a delivery time, with which the keys of PELs by time begin. */
const TIME_BYTES = 8;

/** What some server keeps of pending ids, so that they must be kept to be counted. */
export interface PendingNeeds {
  /** An index over all groups. */
  readonly index: boolean;
  /** Each group's by delivery time. */
  readonly byTime: boolean;
}

/**
 * Pending ids in other orders than the snapshot's: of all groups
 * together, and of each group by delivery time.
 */
export class PendingIds {
  /** Only where a server keeps such a tree. */
  private readonly ids: SortedKeys | undefined;
  private readonly times: SortedKeys | undefined;
  private readonly idTree: RaxCounter;
  private readonly timeTrees: RaxCounter;
  private idTreeCounted = false;
  private groupOpen = false;
  private readonly timeKey = new Uint8Array(TIME_BYTES + ID_BYTES);

  constructor(sizes: readonly RaxNodeSizes[], needs: PendingNeeds) {
    this.ids = needs.index ? new SortedKeys(ID_BYTES) : undefined;
    this.times = needs.byTime ? new SortedKeys(TIME_BYTES + ID_BYTES) : undefined;
    this.idTree = new RaxCounter(sizes);
    this.timeTrees = new RaxCounter(sizes);
  }

  reset(): void {
    this.ids?.reset();
    this.times?.reset();
    this.timeTrees.reset();
    this.idTreeCounted = false;
    this.groupOpen = false;
  }

  beginGroup(): void {
    this.endGroup();
    this.groupOpen = true;
  }

  /** An id and its delivery time, as the snapshot has them: the time is little-endian. */
  add(buffer: Uint8Array, start: number): void {
    this.ids?.add(buffer, start);
    if (this.times !== undefined) this.addTime(this.times, buffer, start);
  }

  /**
   * A key by time: the delivery time, big-endian, then the id. Mirrors
   * encodePelTimeKey(), t_stream.c, Redis 8.4.
   */
  private addTime(times: SortedKeys, buffer: Uint8Array, start: number): void {
    const { timeKey } = this;
    for (let i = 0; i < TIME_BYTES; i++) timeKey[i] = buffer[start + ID_BYTES + TIME_BYTES - 1 - i]!;
    for (let i = 0; i < ID_BYTES; i++) timeKey[TIME_BYTES + i] = buffer[start + i]!;
    times.add(timeKey, 0);
  }

  /** Counts the tree by time of the group before. */
  private endGroup(): void {
    if (this.times === undefined || !this.groupOpen) return;
    this.times.count(this.timeTrees);
    this.times.reset();
    this.groupOpen = false;
  }

  /** The tree of all ids was built; otherwise there are too many. */
  get known(): boolean {
    return this.ids !== undefined && !this.ids.tooMany;
  }

  /** The tree of all ids that are pending in any group; undefined unless `known`. */
  ofAllGroups(): RaxCounter | undefined {
    const { ids, idTree } = this;
    if (ids === undefined || ids.tooMany) return undefined;
    if (!this.idTreeCounted) {
      idTree.reset();
      if (ids.added > 0) ids.count(idTree);
      this.idTreeCounted = true;
    }
    return idTree;
  }

  /** The trees of each group's ids by delivery time: keys without values. */
  byTime(): RaxCounter {
    this.endGroup();
    return this.timeTrees;
  }
}
