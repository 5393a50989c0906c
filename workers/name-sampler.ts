import type { NameWatcher } from "../parsers/splitter.ts";
import { Learner, type PatternSettings } from "../src/patterns/index.ts";
import type { PlacedModel } from "./protocol.ts";

/** Names of a database from which is learnt: they come in the order of hashes, so the first ones are a fair sample. */
const NAMES = 32_768;
/** Bytes of a database within which they stand: so far, at most, the readers wait. */
const REACH_BYTES = 2 ** 27;
/** A database teaches anew when it has so many names in the sample, and so large a share of all in it. */
const MIN_NAMES = 64;
const MIN_SHARE = 0.05;
/** Names of all databases together from which is learnt. */
const MAX_NAMES = NAMES * 4;

/**
 * Learns from the first names of each database, those of the databases before included. What is sampled depends on the snapshot
 * only: neither on threads nor on chunks.
 */
export class NameSampler implements NameWatcher {
  private readonly learner: Learner;
  private models: PlacedModel[] = [];
  private db = -1;
  /** Where the database's first name stands, and its names in the sample. */
  private beginsAt = 0;
  private names = 0;
  /** From where on what it teaches holds: before its first record, and behind all names seen before. */
  private from = 0;
  private isOpen = false;

  constructor(settings: PatternSettings) {
    this.learner = new Learner(settings);
  }

  wants(db: number): boolean {
    return this.isOpen || db !== this.db;
  }

  see(bytes: Uint8Array, start: number, end: number, db: number, offset: number, before: number): void {
    if (db !== this.db) this.begin(db, offset, before);
    if (!this.isOpen) return;
    if (offset - this.beginsAt > REACH_BYTES) {
      this.close();
      return;
    }
    this.learner.add(bytes, start, end);
    if (++this.names === NAMES) this.close();
  }

  /** Whether more is to be seen, up to `offset`, before what stands behind the database's beginning can be classified. */
  isTaking(offset: number): boolean {
    if (this.isOpen && offset - this.beginsAt > REACH_BYTES) this.close();
    return this.isOpen;
  }

  /** What was learnt since the last call. */
  take(): PlacedModel[] {
    if (this.isOpen) this.close();
    const { models } = this;
    this.models = [];
    return models;
  }

  private begin(db: number, offset: number, before: number): void {
    if (this.isOpen) this.close();
    this.db = db;
    this.beginsAt = offset;
    this.from = before + 1;
    this.names = 0;
    this.isOpen = this.learner.names < MAX_NAMES;
  }

  private close(): void {
    this.isOpen = false;
    const { learner, names, from } = this;
    if (names < MIN_NAMES || names < learner.names * MIN_SHARE) return;
    this.models.push({ from, model: learner.learn() });
  }
}
