import { QuicklistNodes } from "./models/quicklist.ts";
import { RaxCounter } from "./models/rax.ts";
import type { Target } from "./target.ts";

/** Records of a new longest element that are kept, to find the first element over any threshold. */
const MAX_RECORDS = 1024;

/**
 * What one walk over a value counted. Nothing here depends on a server's settings, and only the arrays (an entry a
 * target) on its allocator; so any number of targets can be finished from one walk.
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
  /** Uncompressed length of the last packed blob. */
  blobBytes = 0;
  /** The same in the snapshot, of a quicklist node. */
  storedBytes = 0;
  /** Entries of the packed blob being walked and bytes they would make as listpack entries. */
  nodeStart = 0;
  nodeEntryStart = 0;
  nodeOpen = false;
  entries = 0;
  groups = 0;
  consumers = 0;
  consumerNameBytes = 0;
  pending = 0;
  moduleBytes = 0;
  moduleHigh = 0;
  moduleLow = 0;
  /** By target: allocations of the elements as sds, of stream listpacks, of names of consumers. */
  readonly sdsBytes: Float64Array;
  readonly listpackHeap: Float64Array;
  readonly nameHeap: Float64Array;
  readonly quicklists: readonly QuicklistNodes[];
  readonly rax = new RaxCounter();
  private records = 0;
  private readonly recordBytes = new Float64Array(MAX_RECORDS);
  private readonly recordAt = new Float64Array(MAX_RECORDS);

  constructor(targets: readonly Target[]) {
    this.sdsBytes = new Float64Array(targets.length);
    this.listpackHeap = new Float64Array(targets.length);
    this.nameHeap = new Float64Array(targets.length);
    this.quicklists = targets.map((target) => new QuicklistNodes(target));
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
    this.blobBytes = 0;
    for (let t = 0; t < this.sdsBytes.length; t++) this.sdsBytes[t] = 0;
    this.records = 0;
  }

  /** Also clears what only lists and streams use. */
  resetNodes(): void {
    this.nodeStart = 0;
    this.nodeEntryStart = 0;
    this.nodeOpen = false;
    this.entries = 0;
    this.groups = 0;
    this.consumers = 0;
    this.consumerNameBytes = 0;
    this.pending = 0;
    this.rax.reset();
    for (let t = 0; t < this.quicklists.length; t++) {
      this.listpackHeap[t] = 0;
      this.nameHeap[t] = 0;
      (this.quicklists[t] as QuicklistNodes).reset();
    }
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
    return Number.POSITIVE_INFINITY;
  }
}
