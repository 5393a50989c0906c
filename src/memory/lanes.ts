import type { Allocator } from "./allocators/index.ts";
import type { FieldExpiries } from "./models/ebuckets.ts";
import type { Target } from "./target.ts";

/** Lengths below this have their cost in a table. */
const TABLE_LENGTH = 1024;

/** What one element of a collection takes, by its length in bytes. */
export interface ElementCost {
  /** Bytes, or their expectation. */
  bytes(length: number, allocator: Allocator): number;
  /** Variance of a random cost. */
  variance?(length: number, allocator: Allocator): number;
}

/** Sums one cost over the elements of a value. */
export class ElementLane {
  sum = 0;
  variance = 0;
  private readonly cost: ElementCost;
  private readonly allocator: Allocator;
  private readonly table = new Float64Array(TABLE_LENGTH);
  private readonly variances: Float64Array | undefined;

  constructor(cost: ElementCost, allocator: Allocator) {
    this.cost = cost;
    this.allocator = allocator;
    for (let i = 0; i < TABLE_LENGTH; i++) this.table[i] = cost.bytes(i, allocator);
    if (cost.variance === undefined) return;
    this.variances = new Float64Array(TABLE_LENGTH);
    for (let i = 0; i < TABLE_LENGTH; i++) this.variances[i] = cost.variance(i, allocator);
  }

  reset(): void {
    this.sum = 0;
    this.variance = 0;
  }

  add(length: number): void {
    this.sum +=
      length < TABLE_LENGTH ? (this.table[length] as number) : this.cost.bytes(length, this.allocator);
    if (this.variances !== undefined) this.addVariance(length, this.variances);
  }

  private addVariance(length: number, table: Float64Array): void {
    this.variance +=
      length < TABLE_LENGTH
        ? (table[length] as number)
        : (this.cost.variance as NonNullable<ElementCost["variance"]>)(length, this.allocator);
  }
}

/** What a field of a hash takes with its value. */
export interface PairCost {
  lane(target: Target): PairLane;
}

/** Sums one cost over the fields of a hash. */
export interface PairLane {
  sum: number;
  /** When the fields expire, on servers that index that. */
  readonly expiries?: FieldExpiries;
  reset(): void;
  /** `expiresAt`: ms since the epoch, 0 for a field that never expires. */
  add(fieldBytes: number, valueBytes: number, expiresAt: number): void;
}

/** A field and a value of their own, each by one cost. */
export function separatePair(field: ElementCost, value: ElementCost = field): PairCost {
  return { lane: ({ allocator }) => new SeparateLane(field, value, allocator) };
}

class SeparateLane implements PairLane {
  sum = 0;
  private readonly field: ElementLane;
  private readonly value: ElementLane;

  constructor(field: ElementCost, value: ElementCost, allocator: Allocator) {
    this.field = new ElementLane(field, allocator);
    this.value = new ElementLane(value, allocator);
  }

  reset(): void {
    this.sum = 0;
  }

  add(fieldBytes: number, valueBytes: number): void {
    const { field, value } = this;
    field.sum = 0;
    value.sum = 0;
    field.add(fieldBytes);
    value.add(valueBytes);
    this.sum += field.sum + value.sum;
  }
}

/**
 * Makes lanes, one for each different cost (the same object), allocator and time of loading: targets that
 * agree share theirs.
 */
export class LanePool<Cost, Lane> {
  readonly lanes: Lane[] = [];
  private readonly known = new Map<Cost, Map<string, Lane>>();
  private readonly make: (cost: Cost, target: Target) => Lane;

  constructor(make: (cost: Cost, target: Target) => Lane) {
    this.make = make;
  }

  lane(cost: Cost, target: Target): Lane {
    const ofCost = this.known.get(cost) ?? new Map<string, Lane>();
    this.known.set(cost, ofCost);
    const name = `${target.allocator.name} ${target.loadedAt}`;
    let lane = ofCost.get(name);
    if (lane === undefined) {
      lane = this.make(cost, target);
      ofCost.set(name, lane);
      this.lanes.push(lane);
    }
    return lane;
  }
}
