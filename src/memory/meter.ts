import { LAYOUT, type ValueVisitor } from "../../parsers/visitor.ts";
import type { Finish, Finished } from "./finished.ts";
import { FLAG, LAYOUT_FINISH, LAYOUT_FLAGS, LAYOUT_GROUP, LAYOUT_TYPE } from "./layouts.ts";
import { integerDigits, integerEntryBytes, textIntegerEntryBytes, writeInteger } from "./models/integer.ts";
import { LP_EMPTY_BYTES, stringEntryBytes } from "./models/listpack.ts";
import type { QuicklistNodes } from "./models/quicklist.ts";
import { scoreEntryBytes } from "./models/score.ts";
import { ValueStats } from "./stats.ts";
import { SDS_TABLE_LENGTH, sdsZmallocSize, type Target } from "./target.ts";
import { EXACTNESS, TYPE } from "./types.ts";

/** Bytes kept of the largest element's name. */
export const LARGEST_NAME_BYTES = 256;
/** A length that no element reaches: none is copied. */
const NEVER = Number.POSITIVE_INFINITY;
const SHARED_INTEGER_DIGITS = 4;
const NODES = FLAG.fill | FLAG.listpackNodes | FLAG.ziplistNodes | FLAG.stream;

/**
 * Sizes one value after another, as each target's server would hold it just after loading the snapshot. The walk
 * counts into `stats`, numbers only; `end` then sizes the value for every target. The plain fields are the results
 * for the first target, valid until the next `begin`.
 */
export class ValueMeter implements ValueVisitor {
  /** Index in `TYPES`; -1 when the value was so damaged that nothing of it was reported. */
  type = -1;
  encoding = 0;
  /** objectComputeSize(): without the key's name and dictEntry. */
  valueBytes = 0;
  valueHeapBytes = 0;
  exactness = 0;
  bandBytes = 0;
  /** Bytes of all elements; of a hash template's names too. No key name, scores or ids. */
  payloadBytes = 0;
  /** LLEN, SCARD, HLEN, ZCARD, XLEN; -1 for strings, modules and the like. */
  elements = -1;
  /** Longest element; a string's STRLEN. */
  largestBytes = 0;
  moduleHigh = 0;
  moduleLow = 0;
  /** First bytes of the longest element of a collection, if it is at least `captureFrom` bytes long. */
  readonly largestName = new Uint8Array(LARGEST_NAME_BYTES);
  largestNameLength = 0;
  /** Elements shorter than this are not copied to `largestName`; Infinity: none is. */
  captureFrom: number;
  readonly stats: ValueStats;
  /** Results by target, in the order given. */
  readonly results: readonly Finished[];
  readonly targets: readonly Target[];
  private readonly target: Target;
  private readonly sdsTable: Uint16Array;
  private readonly hashLimit: number;
  private readonly setLimit: number;
  private readonly zsetLimit: number;
  private flags = 0;
  private capture = NEVER;

  constructor(targets: readonly [Target, ...Target[]], options: { captureLargest?: boolean } = {}) {
    this.targets = targets;
    this.target = targets[0];
    this.sdsTable = this.target.sdsTable;
    this.captureFrom = options.captureLargest === true ? 0 : NEVER;
    this.stats = new ValueStats(targets);
    this.results = targets.map(() => ({
      encoding: 0,
      valueBytes: 0,
      valueHeapBytes: 0,
      exactness: 0,
      bandBytes: 0,
    }));
    const largest = (limit: (target: Target) => number): number => Math.max(...targets.map(limit));
    this.hashLimit = largest(({ config }) => config.hashMaxListpackEntries);
    this.setLimit = largest(({ config }) =>
      Math.max(config.setMaxIntsetEntries, config.setMaxListpackEntries),
    );
    this.zsetLimit = largest(({ config }) => config.zsetMaxListpackEntries);
  }

  begin(layout: number, count: number): void {
    const { stats } = this;
    let flags = LAYOUT_FLAGS[layout] as number;
    stats.reset(layout, count);
    if ((flags & NODES) !== 0) stats.resetNodes();
    if (count >= 0 && (flags & FLAG.entry) !== 0 && count > this.entryLimit(layout)) flags &= ~FLAG.entry;
    this.flags = flags;
    this.type = LAYOUT_TYPE[layout] as number;
    this.largestNameLength = 0;
    this.capture = layout === LAYOUT.string ? NEVER : this.captureFrom;
  }

  /** Beyond so many elements no target packs them, so what packed entries would take need not be known. */
  private entryLimit(layout: number): number {
    if (layout === LAYOUT.hash) return this.hashLimit;
    if (layout === LAYOUT.set) return this.setLimit;
    return layout === LAYOUT.zset ? this.zsetLimit : NEVER;
  }

  blob(bytes: number, storedBytes: number): void {
    const { stats } = this;
    const flags = this.flags;
    if ((flags & NODES) === 0) stats.blobBytes = bytes;
    else if ((flags & FLAG.stream) !== 0) {
      for (let t = 0; t < this.targets.length; t++) {
        stats.listpackHeap[t]! += (this.targets[t] as Target).allocator.goodSize(bytes);
      }
    } else if ((flags & FLAG.fill) === 0) this.openNode(bytes, storedBytes);
  }

  plainNode(bytes: number, storedBytes: number): void {
    this.closeNode();
    for (const list of this.stats.quicklists) list.appendPlain(bytes, storedBytes);
  }

  text(bytes: number, buffer: Uint8Array, start: number): void {
    const { stats } = this;
    const flags = this.flags;
    const at = stats.reported++;
    if ((flags & FLAG.scores) !== 0 && (at & 1) === 1) {
      if ((flags & FLAG.entry) !== 0) this.textEntry(bytes, buffer, start);
      return;
    }
    stats.payloadBytes += bytes;
    if (bytes > stats.largestBytes) {
      stats.record(bytes);
      if (bytes >= this.capture) this.captureText(bytes, buffer, start);
    }
    if ((flags & FLAG.sds) !== 0) this.addSds(bytes);
    if ((flags & FLAG.entry) !== 0) {
      const entryBytes = this.textEntry(bytes, buffer, start);
      if ((flags & FLAG.fill) !== 0) this.push(bytes, entryBytes);
    }
  }

  integer(high: number, low: number): void {
    const { stats } = this;
    const flags = this.flags;
    const at = stats.reported++;
    const score = (flags & FLAG.scores) !== 0 && (at & 1) === 1;
    let entryBytes = 0;
    if ((flags & FLAG.entry) !== 0) {
      entryBytes = integerEntryBytes(high, low);
      stats.entryBytes += entryBytes;
      if (stats.nonIntegers === 0) this.leadingInteger(entryBytes);
    }
    if (score) return;
    const bytes = integerDigits(high, low);
    stats.payloadBytes += bytes;
    if (bytes > stats.largestBytes) {
      stats.record(bytes);
      stats.sharedInteger = high === 0 && bytes <= SHARED_INTEGER_DIGITS;
      if (bytes >= this.capture) this.largestNameLength = writeInteger(high, low, this.largestName);
    }
    if ((flags & FLAG.sds) !== 0) this.addSds(bytes);
    if ((flags & FLAG.fill) !== 0) this.push(bytes, entryBytes);
  }

  score(value: number): void {
    if ((this.flags & FLAG.entry) !== 0) this.stats.entryBytes += scoreEntryBytes(value);
  }

  fieldExpiry(_atMs: number): void {}

  streamNode(idBytes: Uint8Array, start: number, _liveEntries: number): void {
    const { rax } = this.stats;
    if (rax.trees === 0) rax.begin();
    rax.add(idBytes, start);
  }

  streamLength(entries: number): void {
    this.stats.entries = entries;
    if (this.stats.rax.trees === 0) this.stats.rax.begin();
  }

  streamGroup(_nameBytes: number, pending: number): void {
    const { stats } = this;
    stats.groups++;
    stats.pending += pending;
    stats.rax.begin();
  }

  streamPending(buffer: Uint8Array, start: number): void {
    this.stats.rax.add(buffer, start);
  }

  streamConsumer(nameBytes: number, _pending: number): void {
    const { stats } = this;
    stats.consumers++;
    stats.consumerNameBytes += nameBytes;
    for (let t = 0; t < this.targets.length; t++) {
      stats.nameHeap[t]! += sdsZmallocSize(this.targets[t] as Target, nameBytes);
    }
    stats.rax.begin();
  }

  streamConsumerPending(buffer: Uint8Array, start: number): void {
    this.stats.rax.add(buffer, start);
  }

  streamProducer(_nameBytes: number, _ids: number): void {}

  module(high: number, low: number, serializedBytes: number): void {
    this.stats.moduleBytes = serializedBytes;
    this.moduleHigh = high;
    this.moduleLow = low;
  }

  template(_fields: number, nameBytes: number, largestNameBytes: number): void {
    const { stats } = this;
    stats.payloadBytes += nameBytes;
    if (largestNameBytes > stats.largestBytes) stats.largestBytes = largestNameBytes;
  }

  end(): void {
    const { stats, results, targets } = this;
    if (stats.layout < 0) this.nothingReported();
    else {
      this.closeNode();
      const finish = LAYOUT_FINISH[stats.layout] as Finish;
      for (let t = 0; t < targets.length; t++) finish(stats, targets[t] as Target, t, results[t] as Finished);
      const group = LAYOUT_GROUP[stats.layout] as number;
      this.elements = group === 0 ? -1 : group === 1 ? stats.reported : Math.floor(stats.reported / 2);
      if (this.type === TYPE.stream) this.elements = stats.entries;
    }
    const first = results[0] as Finished;
    this.encoding = first.encoding;
    this.valueBytes = first.valueBytes;
    this.valueHeapBytes = first.valueHeapBytes;
    this.exactness = first.exactness;
    this.bandBytes = first.bandBytes;
    this.payloadBytes = stats.payloadBytes;
    this.largestBytes = Math.max(0, stats.largestBytes);
    stats.layout = -1;
  }

  /** What MEMORY USAGE answers for target `index`: sds of the key and its dictEntry added. object.c, Redis 7.2.6. */
  bytesWithKey(nameLength: number, index = 0): number {
    const target = this.targets[index] as Target;
    const value = (this.results[index] as Finished).valueBytes;
    return value + sdsZmallocSize(target, nameLength) + target.profile.sizes.dictEntry;
  }

  /** What the allocator holds for target `index`: the entry of the expires dict shares the key's sds. db.c, Redis 7.2.6. */
  heapWithKey(nameLength: number, hasExpiry: boolean, index = 0): number {
    const target = this.targets[index] as Target;
    const entry = target.allocator.goodSize(target.profile.sizes.dictEntry);
    const value = (this.results[index] as Finished).valueHeapBytes;
    return value + sdsZmallocSize(target, nameLength) + (hasExpiry ? 2 * entry : entry);
  }

  private nothingReported(): void {
    this.stats.reset(-1, -1);
    this.type = -1;
    this.elements = -1;
    this.largestNameLength = 0;
    for (const result of this.results) {
      result.valueBytes = 0;
      result.valueHeapBytes = 0;
      result.bandBytes = 0;
      result.exactness = EXACTNESS.lowerBound;
    }
  }

  private addSds(bytes: number): void {
    const sums = this.stats.sdsBytes;
    sums[0]! +=
      bytes < SDS_TABLE_LENGTH ? (this.sdsTable[bytes] as number) : sdsZmallocSize(this.target, bytes);
    for (let t = 1; t < sums.length; t++) sums[t]! += sdsZmallocSize(this.targets[t] as Target, bytes);
  }

  private textEntry(bytes: number, buffer: Uint8Array, start: number): number {
    const { stats } = this;
    let entryBytes = textIntegerEntryBytes(bytes, buffer, start);
    if (entryBytes === 0) {
      entryBytes = stringEntryBytes(bytes);
      if (stats.nonIntegers++ === 0) stats.integersBefore = stats.reported - 1;
    } else if (stats.nonIntegers === 0) {
      this.leadingInteger(entryBytes);
      stats.sharedInteger = bytes <= SHARED_INTEGER_DIGITS && buffer[start] !== 0x2d;
    }
    stats.entryBytes += entryBytes;
    return entryBytes;
  }

  private leadingInteger(entryBytes: number): void {
    if (entryBytes > this.stats.integerEntryMax) this.stats.integerEntryMax = entryBytes;
  }

  private push(bytes: number, entryBytes: number): void {
    const lists = this.stats.quicklists;
    for (let t = 0; t < lists.length; t++) (lists[t] as QuicklistNodes).push(bytes, entryBytes);
  }

  private openNode(bytes: number, storedBytes: number): void {
    this.closeNode();
    const { stats } = this;
    stats.nodeOpen = true;
    stats.nodeStart = stats.reported;
    stats.nodeEntryStart = stats.entryBytes;
    stats.blobBytes = bytes;
    stats.storedBytes = storedBytes;
  }

  /** A packed node's entries have all been reported. Empty nodes are dropped by the loader. */
  private closeNode(): void {
    const { stats } = this;
    if (!stats.nodeOpen) return;
    stats.nodeOpen = false;
    const entries = stats.reported - stats.nodeStart;
    if (entries === 0) return;
    const rewritten = (this.flags & FLAG.ziplistNodes) !== 0;
    const bytes = rewritten ? LP_EMPTY_BYTES + stats.entryBytes - stats.nodeEntryStart : stats.blobBytes;
    const storedBytes = rewritten ? bytes : stats.storedBytes;
    for (const list of stats.quicklists) list.appendListpack(bytes, entries, storedBytes);
  }

  private captureText(bytes: number, buffer: Uint8Array, start: number): void {
    const kept = Math.min(bytes, LARGEST_NAME_BYTES);
    const name = this.largestName;
    for (let i = 0; i < kept; i++) name[i] = buffer[start + i] as number;
    this.largestNameLength = kept;
  }
}
