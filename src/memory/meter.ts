import { LAYOUT, type ValueVisitor } from "../../parsers/visitor.ts";
import { Bill } from "./bill.ts";
import type { ElementLane, PairLane } from "./lanes.ts";
import { FLAG, LAYOUT_GROUP, LAYOUT_TYPE, layoutFlags } from "./layouts.ts";
import type { Finish } from "./loader.ts";
import {
  integerDigits,
  integerEntryBytes,
  listpackClass,
  textIntegerEntryBytes,
  writeInteger,
} from "./models/integer.ts";
import { LP_EMPTY_BYTES, stringEntryBytes } from "./models/listpack.ts";
import { printfScoreEntryBytes } from "./models/printf-score.ts";
import type { QuicklistNodes } from "./models/quicklist.ts";
import { scoreEntryBytes } from "./models/score.ts";
import { sdsAllocSize } from "./models/sds.ts";
import { moduleStringBytes, vectorBytes } from "./models/vector-set.ts";
import { zipIntegerBytes, zipScoreBytes, zipTextBytes } from "./models/ziplist-era/ziplist.ts";
import { type TargetStats, ValueStats } from "./stats.ts";
import { sdsZmallocSize, type Target } from "./target.ts";
import { EXACTNESS, TYPE } from "./types.ts";

/** Bytes kept of the largest element's name. */
export const LARGEST_NAME_BYTES = 256;
/** A length that no element reaches: none is copied. */
const NEVER = Number.POSITIVE_INFINITY;
const SHARED_INTEGER_DIGITS = 4;
const NO_LANES: readonly ElementLane[] = [];
const PACKING = FLAG.entry | FLAG.ziplist | FLAG.printfScores;
const NODES = FLAG.fill | FLAG.listpackNodes | FLAG.ziplistNodes | FLAG.stream;

/**
 * Sizes one key after another, as each target's server would hold it just after loading the snapshot. The walk over
 * its value counts into `stats`, numbers only; `size` then makes every target's bill of that. All is valid until the
 * next `begin`.
 */
export class ValueMeter implements ValueVisitor {
  /** Index in `TYPES`; -1 when the value was so damaged that nothing of it was reported. */
  type = -1;
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
  /** One bill a target, in the order given. */
  readonly bills: readonly Bill[];
  private readonly layoutFlags: Uint16Array;
  private readonly hashLimit: number;
  private readonly setLimit: number;
  private readonly zsetLimit: number;
  private begun = false;
  private flags = 0;
  private capture = NEVER;
  private lanes: readonly ElementLane[] = NO_LANES;
  private fieldBytes = 0;
  private valueBytes = 0;

  /** `bills`: the kind of bill to make, plain if not given. */
  constructor(
    targets: readonly [Target, ...Target[]],
    options: { captureLargest?: boolean; bills?: () => Bill } = {},
  ) {
    this.captureFrom = options.captureLargest === true ? 0 : NEVER;
    this.stats = new ValueStats(targets);
    this.bills = targets.map(options.bills ?? (() => new Bill()));
    this.layoutFlags = layoutFlags(targets.map(({ profile }) => profile.counts ?? {}));
    const largest = (limit: (target: Target) => number): number => Math.max(...targets.map(limit));
    this.hashLimit = largest(({ config }) => config.hashMaxListpackEntries);
    this.setLimit = largest(({ config }) =>
      Math.max(config.setMaxIntsetEntries, config.setMaxListpackEntries),
    );
    this.zsetLimit = largest(({ config }) => config.zsetMaxListpackEntries);
  }

  begin(layout: number, count: number): void {
    const { stats } = this;
    let flags = this.layoutFlags[layout] as number;
    this.begun = true;
    stats.reset(layout, count);
    if ((flags & NODES) !== 0) stats.resetNodes();
    else if (layout === LAYOUT.module) stats.resetVectors();
    if (count >= 0 && (flags & PACKING) !== 0 && count > this.entryLimit(layout)) flags &= ~PACKING;
    if ((flags & FLAG.ziplist) !== 0) stats.ziplist.reset();
    this.flags = flags;
    if ((flags & FLAG.members) !== 0) this.resetLanes(layout);
    else if ((flags & FLAG.pairs) !== 0) for (const lane of stats.hashLanes) lane.reset();
    this.type = LAYOUT_TYPE[layout] as number;
    this.largestNameLength = 0;
    this.capture = layout === LAYOUT.string ? NEVER : this.captureFrom;
  }

  private resetLanes(layout: number): void {
    const { stats } = this;
    this.lanes = LAYOUT_TYPE[layout] === TYPE.set ? stats.setLanes : stats.zsetLanes;
    for (const lane of this.lanes) lane.reset();
  }

  /** Beyond so many elements no target packs them, so what packed entries would take need not be known. */
  private entryLimit(layout: number): number {
    if (layout === LAYOUT.hash || layout === LAYOUT.hashExpiry) return this.hashLimit;
    if (layout === LAYOUT.set) return this.setLimit;
    return layout === LAYOUT.zset ? this.zsetLimit : NEVER;
  }

  blob(bytes: number, storedBytes: number): void {
    const { stats } = this;
    const flags = this.flags;
    if ((flags & NODES) === 0) stats.blobBytes = bytes;
    else if ((flags & FLAG.stream) !== 0) {
      stats.stream.listpackBytes += bytes;
      for (const on of stats.targets) on.listpackHeap += on.target.allocator.goodSize(bytes);
    } else if ((flags & FLAG.fill) === 0) this.openNode(bytes, storedBytes);
  }

  plainNode(bytes: number, storedBytes: number): void {
    this.closeNode();
    for (const list of this.stats.lists) list.appendPlain(bytes, storedBytes);
  }

  text(bytes: number, buffer: Uint8Array, start: number): void {
    const { stats } = this;
    const flags = this.flags;
    const at = stats.reported++;
    if ((flags & FLAG.ziplist) !== 0) this.zipText(at, bytes, buffer, start);
    if ((flags & FLAG.scores) !== 0 && (at & 1) === 1) {
      if ((flags & FLAG.entry) !== 0) this.textEntry(bytes, buffer, start);
      return;
    }
    stats.payloadBytes += bytes;
    if (bytes > stats.largestBytes) {
      stats.record(bytes);
      if (bytes >= this.capture) this.captureText(bytes, buffer, start);
    }
    if ((flags & FLAG.members) !== 0) this.addMember(bytes);
    else if ((flags & FLAG.pairs) !== 0) this.addPair(at, bytes);
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
    if ((flags & FLAG.ziplist) !== 0) this.zipInteger(score, high, low);
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
    if ((flags & FLAG.members) !== 0) this.addMember(bytes);
    else if ((flags & FLAG.pairs) !== 0) this.addPair(at, bytes);
    if ((flags & FLAG.fill) !== 0) this.push(bytes, entryBytes);
  }

  score(value: number): void {
    const { flags, stats } = this;
    if ((flags & FLAG.entry) === 0) return;
    const entryBytes = scoreEntryBytes(value);
    stats.entryBytes += entryBytes;
    if ((flags & FLAG.printfScores) !== 0)
      stats.printfExtraBytes += printfScoreEntryBytes(value) - entryBytes;
    if ((flags & FLAG.ziplist) !== 0) stats.ziplist.add(zipScoreBytes(value));
  }

  fieldExpiry(atMs: number): void {
    const { stats } = this;
    if (atMs > 0) stats.fieldsWithExpiry++;
    if ((this.flags & FLAG.entry) !== 0) stats.entryBytes += listpackClass(atMs);
    for (const lane of stats.hashLanes) lane.add(this.fieldBytes, this.valueBytes, atMs);
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

  /** A vector set is the one module value whose elements are known. */
  private endVectorSet(): void {
    const { stats } = this;
    this.elements = stats.vectors.nodes;
    stats.payloadBytes += stats.vectors.nodes * vectorBytes(stats.vectors);
  }

  vectorSet(dimensions: number, quantization: number, projectedFrom: number): void {
    const { vectors } = this.stats;
    vectors.known = true;
    vectors.dimensions = dimensions;
    vectors.quantization = quantization;
    vectors.projectedFrom = projectedFrom;
  }

  template(_fields: number, nameBytes: number, largestNameBytes: number): void {
    const { stats } = this;
    stats.payloadBytes += nameBytes;
    stats.templateNameBytes = nameBytes;
    if (largestNameBytes > stats.largestBytes) stats.largestBytes = largestNameBytes;
  }

  end(): void {
    const { stats } = this;
    if (!this.begun) this.nothingReported();
    else {
      this.begun = false;
      this.closeNode();
      const group = LAYOUT_GROUP[stats.layout] as number;
      this.elements = group === 0 ? -1 : group === 1 ? stats.reported : Math.floor(stats.reported / 2);
      if (this.type === TYPE.module && stats.vectors.known) this.endVectorSet();
      if (this.type === TYPE.stream) this.elements = stats.stream.entries;
    }
    this.payloadBytes = stats.payloadBytes;
    this.largestBytes = Math.max(0, stats.largestBytes);
  }

  /** Makes every bill for the value that ended, under a key whose name has `nameBytes` bytes. */
  size(nameBytes: number, hasExpiry: boolean): void {
    const { stats, bills } = this;
    stats.nameBytes = nameBytes;
    stats.hasExpiry = hasExpiry;
    for (let t = 0; t < bills.length; t++) {
      const on = stats.targets[t] as TargetStats;
      const bill = bills[t] as Bill;
      const { finishes, profile } = on.target;
      bill.reset();
      if (stats.layout < 0) bill.exactness = EXACTNESS.lowerBound;
      else (finishes[stats.layout] as Finish)(stats, on, bill);
      profile.key(stats, on, bill);
    }
  }

  private nothingReported(): void {
    this.stats.reset(-1, -1);
    this.type = -1;
    this.elements = -1;
    this.largestNameLength = 0;
  }

  private addMember(bytes: number): void {
    const { lanes } = this;
    for (let i = 0; i < lanes.length; i++) (lanes[i] as ElementLane).add(bytes);
  }

  /** Element number `at` of a hash: a field, or the value that completes a pair. */
  private addPair(at: number, bytes: number): void {
    if ((at & 1) === 0) {
      this.fieldBytes = bytes;
      return;
    }
    this.valueBytes = bytes;
    if ((this.flags & FLAG.fieldExpiry) !== 0) return;
    const { hashLanes } = this.stats;
    for (let i = 0; i < hashLanes.length; i++) (hashLanes[i] as PairLane).add(this.fieldBytes, bytes, 0);
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

  /** Element number `at`, or the score that is one, as an entry of a ziplist. */
  private zipText(at: number, bytes: number, buffer: Uint8Array, start: number): void {
    if ((this.flags & FLAG.scores) === 0 || (at & 1) === 0) {
      this.zipEntry(bytes, zipTextBytes(bytes, buffer, start));
    } else this.stats.ziplist.add(zipScoreBytes(textNumber(bytes, buffer, start)));
  }

  private zipInteger(score: boolean, high: number, low: number): void {
    if (!score) this.zipEntry(integerDigits(high, low), zipIntegerBytes(high, low));
    else this.stats.ziplist.add(zipScoreBytes(high * 0x100000000 + (low >>> 0)));
  }

  private zipEntry(bytes: number, zipBytes: number): void {
    const { ziplist, ziplistNodes } = this.stats;
    if (this.type !== TYPE.list) ziplist.add(zipBytes);
    else
      for (let i = 0; i < ziplistNodes.length; i++) (ziplistNodes[i] as QuicklistNodes).push(bytes, zipBytes);
  }

  private leadingInteger(entryBytes: number): void {
    if (entryBytes > this.stats.integerEntryMax) this.stats.integerEntryMax = entryBytes;
  }

  private push(bytes: number, entryBytes: number): void {
    const { lists } = this.stats;
    for (let t = 0; t < lists.length; t++) (lists[t] as (typeof lists)[number]).push(bytes, entryBytes);
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
    for (const list of stats.lists) list.appendListpack(bytes, entries, storedBytes);
    if ((this.flags & FLAG.ziplist) !== 0) return;
    for (const list of stats.ziplistNodes) list.appendListpack(stats.blobBytes, entries, stats.storedBytes);
  }

  private captureText(bytes: number, buffer: Uint8Array, start: number): void {
    const kept = Math.min(bytes, LARGEST_NAME_BYTES);
    const name = this.largestName;
    for (let i = 0; i < kept; i++) name[i] = buffer[start + i] as number;
    this.largestNameLength = kept;
  }
}

/** A number held as text, NaN when it is none. */
function textNumber(bytes: number, buffer: Uint8Array, start: number): number {
  return Number(String.fromCharCode(...buffer.subarray(start, start + bytes)).replace(/inf$/, "Infinity"));
}
