import { type ElementCost, ElementLane, LanePool, type PairCost, type PairLane } from "./lanes.ts";
import { largeFrom, QuicklistNodes } from "./models/quicklist.ts";
import { StreamStats } from "./models/streams/stats.ts";
import { pendingNeeds } from "./models/streams/stream.ts";
import { VectorNodes } from "./models/vector-set.ts";
import { Ziplist } from "./models/ziplist-era/ziplist.ts";
import { ZiplistNodes } from "./models/ziplist-era/ziplist-nodes.ts";
import type { Target } from "./target.ts";

/** Records of a new longest element that are kept, to find the first element over any threshold. */
const MAX_RECORDS = 1024;

/** The sums of one walk that depend on a target: on its allocator, its structures, its settings. */
export interface TargetStats {
  readonly target: Target;
  /** Members of sets and zsets, as MEMORY USAGE counts them and on the heap. */
  readonly setBytes: ElementLane;
  readonly setHeap: ElementLane;
  readonly zsetBytes: ElementLane;
  readonly zsetHeap: ElementLane;
  /** Fields of hashes with their values. */
  readonly hashBytes: PairLane;
  readonly hashHeap: PairLane;
  readonly list: QuicklistNodes;
  /** Index of the allocator in what `StreamStats` counts for each. */
  readonly lane: number;
  /** Allocations of a stream's listpacks, and of the names of its consumers, or of a vector set's items. */
  listpackHeap: number;
  nameHeap: number;
  /** What sdsAllocSize() says of those names. */
  nameUsable: number;
}

/**
 * What one walk over a value counted. Nothing but `targets` depends on a server, so any number of them can be
 * sized from one walk; those that agree on a cost share its sum.
 */
export class ValueStats {
  layout = 0;
  /** Declared number of elements, or -1. */
  declared = -1;
  /** Elements reported, packed scores included. */
  reported = 0;
  payloadBytes = 0;
  /** Longest element, -1 before the first. */
  largestBytes = -1;
  /** Sum of the listpack entries the elements would make, integers held as such. */
  entryBytes = 0;
  /** Elements that are no integers, and how many came before the first of them. */
  nonIntegers = 0;
  integersBefore = 0;
  /** Largest listpack entry among the integers before the first non-integer. */
  integerEntryMax = 0;
  /** A string's value is an integer that servers share (0..9999). */
  sharedInteger = false;
  /** What scores take beyond `entryBytes` when they are printed by "%.17g"; only if some target needs it. */
  printfExtraBytes = 0;
  /** Uncompressed length of the last packed blob. */
  blobBytes = 0;
  /** The same in the snapshot, of a quicklist node. */
  storedBytes = 0;
  /** Entries of the packed blob being walked and bytes they would make as listpack entries. */
  nodeStart = 0;
  nodeEntryStart = 0;
  nodeOpen = false;
  moduleBytes = 0;
  moduleHigh = 0;
  moduleLow = 0;
  /** Bytes of the key's name, and whether it expires. */
  nameBytes = 0;
  hasExpiry = false;
  /** Bytes of the names that a hash's template gives; they are part of the payload. */
  templateNameBytes = 0;
  /** Fields of a hash that expire. */
  fieldsWithExpiry = 0;
  readonly targets: readonly TargetStats[];
  readonly setLanes: readonly ElementLane[];
  readonly zsetLanes: readonly ElementLane[];
  readonly hashLanes: readonly PairLane[];
  readonly lists: readonly QuicklistNodes[];
  /** The nodes of lists packed as ziplists, by target; none when there are none. */
  readonly ziplistNodes: readonly ZiplistNodes[];
  /** The ziplist that all elements would make; only if some target needs it. */
  readonly ziplist = new Ziplist();
  readonly stream: StreamStats;
  readonly vectors = new VectorNodes();
  private records = 0;
  private readonly recordBytes = new Float64Array(MAX_RECORDS);
  private readonly recordAt = new Float64Array(MAX_RECORDS);

  constructor(targets: readonly Target[]) {
    const sets = new LanePool((cost: ElementCost, { allocator }) => new ElementLane(cost, allocator));
    const zsets = new LanePool((cost: ElementCost, { allocator }) => new ElementLane(cost, allocator));
    const hashes = new LanePool((cost: PairCost, target) => cost.lane(target));
    const lists = new Map<string, QuicklistNodes>();
    const ziplists = new Map<string, ZiplistNodes>();
    const allocators = [...new Set(targets.map(({ allocator }) => allocator))];
    this.stream = new StreamStats(allocators, pendingNeeds(targets));
    this.targets = targets.map((target) => {
      const { allocator, config, profile } = target;
      const { set, zset, hash } = profile.elements;
      const { listMaxListpackSize, listCompressDepth } = config;
      const nodes = `${allocator.name} ${listMaxListpackSize} ${listCompressDepth} ${largeFrom(target)}`;
      const list =
        profile.listNodes === "ziplist"
          ? once(ziplists, nodes, () => new ZiplistNodes(target))
          : once(lists, nodes, () => new QuicklistNodes(target));
      return {
        target,
        setBytes: sets.lane(set.bytes, target),
        setHeap: sets.lane(set.heap, target),
        zsetBytes: zsets.lane(zset.bytes, target),
        zsetHeap: zsets.lane(zset.heap, target),
        hashBytes: hashes.lane(hash.bytes, target),
        hashHeap: hashes.lane(hash.heap, target),
        list,
        lane: allocators.indexOf(allocator),
        listpackHeap: 0,
        nameHeap: 0,
        nameUsable: 0,
      };
    });
    this.setLanes = sets.lanes;
    this.zsetLanes = zsets.lanes;
    this.hashLanes = hashes.lanes;
    this.lists = [...lists.values()];
    this.ziplistNodes = [...ziplists.values()];
  }

  reset(layout: number, declared: number): void {
    this.layout = layout;
    this.declared = declared;
    this.reported = 0;
    this.payloadBytes = 0;
    this.largestBytes = -1;
    this.entryBytes = 0;
    this.nonIntegers = 0;
    this.integersBefore = 0;
    this.integerEntryMax = 0;
    this.sharedInteger = false;
    this.printfExtraBytes = 0;
    this.blobBytes = 0;
    this.fieldsWithExpiry = 0;
    this.templateNameBytes = 0;
    this.records = 0;
  }

  /** Also clears what only lists and streams use. */
  resetNodes(): void {
    this.nodeStart = 0;
    this.nodeEntryStart = 0;
    this.nodeOpen = false;
    this.stream.reset();
    for (const list of this.lists) list.reset();
    for (const list of this.ziplistNodes) list.reset();
    for (const on of this.targets) {
      on.listpackHeap = 0;
      on.nameHeap = 0;
      on.nameUsable = 0;
    }
  }

  /** Also clears what only vector sets use. */
  resetVectors(): void {
    this.vectors.reset();
    for (const on of this.targets) on.nameHeap = 0;
  }

  /** The element reported last is longer than any before. */
  record(bytes: number): void {
    this.largestBytes = bytes;
    if (this.records === MAX_RECORDS) return;
    this.recordBytes[this.records] = bytes;
    this.recordAt[this.records++] = this.reported - 1;
  }

  /** Index of the first element longer than `threshold`, Infinity when there is none. */
  firstOver(threshold: number): number {
    for (let i = 0; i < this.records; i++) {
      if ((this.recordBytes[i] as number) > threshold) return this.recordAt[i] as number;
    }
    // More records than are kept: the first beyond them is the nearest that is known.
    return this.largestBytes > threshold
      ? (this.recordAt[this.records - 1] as number) + 1
      : Number.POSITIVE_INFINITY;
  }
}

/** The value of `key`, made when it is asked for the first time. */
function once<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
