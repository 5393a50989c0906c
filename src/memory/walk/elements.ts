import { ELEMENT_PREFIX_BYTES } from "../../../parsers/visitor.ts";
import type { ElementLane, PairLane } from "../lanes.ts";
import { FLAG, NODES } from "../layouts.ts";
import { integerDigits, integerEntryBytes, listpackClass, textIntegerEntryBytes } from "../models/integer.ts";
import { LP_EMPTY_BYTES, stringEntryBytes } from "../models/listpack.ts";
import { printfScoreEntryBytes } from "../models/printf-score.ts";
import type { QuicklistNodes } from "../models/quicklist.ts";
import { scoreEntryBytes } from "../models/score.ts";
import { zipIntegerBytes, zipScoreBytes, zipTextBytes } from "../models/ziplist-era/ziplist.ts";
import { TYPE } from "../types.ts";
import { LargestElement } from "./largest-element.ts";
import { StringHead } from "./string-head.ts";
import { StructureWalk } from "./structures.ts";

/** A length that no element reaches: none is copied. */
export const NEVER = Number.POSITIVE_INFINITY;
/** Digits of the integers that servers share: 0..9999. */
export const SHARED_INTEGER_DIGITS = 4;

/** Counts what a walk reports of elements and packed nodes: the methods of `ValueVisitor` for these. */
export class ElementWalk extends StructureWalk {
  /** Index in `TYPES`; -1 when the value was so damaged that nothing of it was reported. */
  type = -1;
  /** First bytes of the longest element of a collection, if it is at least `captureFrom` bytes long. */
  readonly largest = new LargestElement();
  /** What a string begins with, where elements are captured. */
  readonly head = new StringHead();
  /** Bits of `FLAG`: what is counted of each element of the value. */
  protected flags = 0;
  /** Elements from this length on are copied to `largest` when they are the longest so far. */
  protected capture = NEVER;
  /** Lanes that each element adds to. */
  protected lanes: readonly ElementLane[] = [];
  private fieldBytes = 0;
  private valueBytes = 0;

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
      if (bytes >= this.capture && this.type !== TYPE.string) this.largest.integer(high, low);
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

  protected textEntry(bytes: number, buffer: Uint8Array, start: number): number {
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
  protected closeNode(): void {
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
    if (this.type === TYPE.string) {
      this.head.look(bytes, buffer, start);
      return;
    }
    this.largest.text(bytes, buffer, start);
  }
}

/** A number held as text, NaN when it is none, or longer than what is sure to be in the buffer. */
function textNumber(bytes: number, buffer: Uint8Array, start: number): number {
  if (bytes > ELEMENT_PREFIX_BYTES) return Number.NaN;
  return Number(String.fromCharCode(...buffer.subarray(start, start + bytes)).replace(/inf$/, "Infinity"));
}
