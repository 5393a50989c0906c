import { LAYOUT, type ValueVisitor } from "../../parsers/visitor.ts";
import { Bill } from "./bill.ts";
import { FLAG, LAYOUT_GROUP, LAYOUT_TYPE, layoutFlags, NODES, PACKING } from "./layouts.ts";
import type { Finish } from "./loader.ts";
import type { TargetStats } from "./stats.ts";
import type { Target } from "./target.ts";
import { EXACTNESS, TYPE } from "./types.ts";
import { ElementWalk, NEVER, SHARED_INTEGER_DIGITS } from "./walk/elements.ts";

/**
 * Sizes one key after another, as each target's server would hold it just after loading the
 * snapshot. The walk over its value counts into `stats`, numbers only; `size` then makes every
 * target's bill of that. All is valid until the next `begin`.
 */
export class ValueMeter extends ElementWalk implements ValueVisitor {
  /** Bytes of all elements; of a hash template's names too. No key name, scores or ids. */
  payloadBytes = 0;
  /** LLEN, SCARD, HLEN, ZCARD, XLEN; -1 for strings, modules and the like. */
  elements = -1;
  /** Longest element; a string's STRLEN. */
  largestBytes = 0;
  /** Elements shorter than this are not copied to `largest`; Infinity: none is. */
  captureFrom: number;
  /** One bill a target, in the order given. */
  readonly bills: readonly Bill[];
  /** What else a value may be sized on, when asked: see `sizeVariant`. */
  private readonly variants: readonly TargetStats[];
  private readonly variantBill = new Bill();
  private readonly layoutFlags: Uint16Array;
  private readonly hashLimit: number;
  private readonly setLimit: number;
  private readonly zsetLimit: number;
  private begun = false;

  /**
   * `bills`: the kind of bill to make, plain if not given. `variants`: the first target with other settings of how
   * hashes, sets and sorted sets are packed.
   */
  constructor(
    targets: readonly [Target, ...Target[]],
    options: { captureLargest?: boolean; bills?: () => Bill; variants?: readonly Target[] } = {},
  ) {
    super(targets);
    const { variants = [] } = options;
    const [first] = this.stats.targets as [TargetStats];
    this.variants = variants.map((target) => ({ ...first, target }));
    this.captureFrom = options.captureLargest === true ? 0 : NEVER;
    this.bills = targets.map(options.bills ?? (() => new Bill()));
    this.layoutFlags = layoutFlags(targets.map(({ profile }) => profile.counts ?? {}));
    const largest = (limit: (target: Target) => number): number =>
      Math.max(...[...targets, ...variants].map(limit));
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
    this.largest.reset();
    this.capture = this.captureFrom;
    this.head.reset();
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

  end(): void {
    const { stats } = this;
    if (!this.begun) this.nothingReported();
    else {
      this.begun = false;
      this.closeNode();
      const group = LAYOUT_GROUP[stats.layout] as number;
      this.elements = group === 0 ? -1 : group === 1 ? stats.reported : Math.floor(stats.reported / 2);
      if (this.type === TYPE.module && stats.vectors.known) this.elements = stats.vectors.nodes;
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

  /**
   * The bill of the value sized last, a hash, set or sorted set, on a variant of the first target. Valid until the next
   * call of this or `sizeString`.
   */
  sizeVariant(variant: number): Bill {
    return this.sizeOn(this.variants[variant] as TargetStats);
  }

  /**
   * The bill that the string sized last would have on the first target, were it another one: `bytes` of text, or an integer
   * of so many digits. Valid as that of `sizeVariant`; the value itself is gone.
   */
  sizeString(bytes: number, isInteger: boolean): Bill {
    const { stats } = this;
    stats.largestBytes = bytes;
    stats.nonIntegers = isInteger ? 0 : 1;
    stats.reported = 1;
    stats.integerEntryMax = 0;
    stats.sharedInteger = isInteger && bytes <= SHARED_INTEGER_DIGITS;
    return this.sizeOn(stats.targets[0] as TargetStats);
  }

  private sizeOn(on: TargetStats): Bill {
    const { stats, variantBill: bill } = this;
    const { finishes, profile } = on.target;
    bill.reset();
    (finishes[stats.layout] as Finish)(stats, on, bill);
    profile.key(stats, on, bill);
    return bill;
  }

  string(bytes: number, buffer: Uint8Array, start: number): void {
    this.begin(LAYOUT.string, -1);
    const { stats } = this;
    if (this.flags !== FLAG.entry || bytes === 0) this.text(bytes, buffer, start);
    else {
      stats.reported = 1;
      stats.payloadBytes = bytes;
      stats.largestBytes = bytes;
      this.textEntry(bytes, buffer, start);
      if (bytes >= this.capture) this.head.look(bytes, buffer, start);
    }
    this.begun = false;
    this.elements = -1;
    this.payloadBytes = bytes;
    this.largestBytes = bytes;
  }

  private nothingReported(): void {
    this.stats.reset(-1, -1);
    this.type = -1;
    this.elements = -1;
    this.largest.reset();
  }
}
