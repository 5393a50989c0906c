import type { Differences } from "./join.ts";
import { RowHash } from "./row-hash.ts";
import { type SpilledRows, WORD } from "./spill.ts";
import { type TailSample, TailSketch } from "./tail-sketch.ts";
import { TopList } from "./top-list.ts";

/** What can be said of a key that is on both sides; several of them may be. */
export const CHANGES = [
  "grew",
  "shrank",
  "elements",
  "type",
  "encoding",
  "ttl gained",
  "ttl lost",
  "ttl moved",
] as const;
export type Change = (typeof CHANGES)[number];

/** Lists of keys, each ordered by what it is about. */
export const KEY_LISTS = ["added", "removed", "grew", "shrank", "same size"] as const;
export type KeyListName = (typeof KEY_LISTS)[number];

/** A side of a key. `kind` is a number that both sides share. */
export interface KeyFacts {
  readonly kind: number;
  readonly pattern: number;
  readonly bytes: number;
  /** NaN: its type has none. */
  readonly elements: number;
  /** NaN: it never expires. */
  readonly expiresAt: number;
  readonly accuracy: number;
}

/** A key that differs. Structured-cloneable. */
export interface DifferentKey {
  readonly db: number;
  readonly name: Uint8Array;
  readonly old: KeyFacts | undefined;
  readonly now: KeyFacts | undefined;
  /** What its list is ordered by, largest first. */
  readonly rank: number;
}

/** Sums of keys; as a `Float64Array`, in this order. */
export const FLOW = {
  addedKeys: 0,
  addedBytes: 1,
  removedKeys: 2,
  removedBytes: 3,
  changedKeys: 4,
  changedBytes: 5,
  /** Keys in two patterns, and what they took in each. */
  refiledKeys: 6,
  refiledOldBytes: 7,
  refiledNewBytes: 8,
} as const;
const FLOW_SUMS = Object.keys(FLOW).length;

/** Two patterns as one number. */
export const PATTERN_PAIR = 2 ** 17;

/** What joined rows add up to. Structured-cloneable. */
export interface DiffTally {
  /** By `PATTERN_PAIR * old + new` pattern; a key of one side has its pattern in both places. */
  readonly flows: ReadonlyMap<number, Float64Array>;
  /** Keys by `CHANGES`. */
  readonly changes: Float64Array;
  /** Removed keys that had expired by the time of the new side. */
  readonly removedExpired: number;
  readonly removedExpiredBytes: number;
  /** New less old bytes of the keys that grew. */
  readonly grewBytes: number;
  readonly lists: Readonly<Record<KeyListName, readonly DifferentKey[]>>;
  /** Of removed (0) and added (1) keys by pattern: their names behind the pattern's first words, with type and data size. */
  readonly tails: readonly [ReadonlyMap<number, TailSample>, ReadonlyMap<number, TailSample>];
}

/** What a tally has to know besides rows. */
export interface TallyOptions {
  /** Keys that each list keeps. */
  readonly limit: number;
  /** Milliseconds since the epoch. */
  readonly newCreatedAt: number;
  /** By kind: its type and encoding, as numbers. */
  readonly types: Int32Array;
  readonly encodings: Int32Array;
  /** By pattern: bytes before its first wildcard; negative: it has none, or names say nothing. */
  readonly prefixBytes: Int32Array;
  readonly key: Int32Array;
}

/** Counts what a join finds. */
export class Tally implements Differences {
  private readonly flows = new Map<number, Float64Array>();
  private readonly changes = new Float64Array(CHANGES.length);
  private removedExpired = 0;
  private removedExpiredBytes = 0;
  private grewBytes = 0;
  private readonly lists: Record<KeyListName, TopList<DifferentKey>>;
  private readonly tails = [new Map<number, TailSketch>(), new Map<number, TailSketch>()] as const;
  private readonly hash: RowHash;
  private readonly tailFacts = new Int32Array(4);
  private readonly old: SpilledRows;
  private readonly now: SpilledRows;
  private readonly options: TallyOptions;

  constructor(old: SpilledRows, now: SpilledRows, options: TallyOptions) {
    this.old = old;
    this.now = now;
    this.options = options;
    this.hash = new RowHash(options.key);
    const list = () => new TopList<DifferentKey>(options.limit, byRank);
    this.lists = { added: list(), removed: list(), grew: list(), shrank: list(), "same size": list() };
  }

  refiled(old: number, now: number): void {
    this.refile(this.flow(this.old.patternOf(old), this.now.patternOf(now)), old, now);
  }

  changed(old: number, now: number): void {
    const { changes } = this;
    const { types, encodings } = this.options;
    const [patternBefore, pattern] = [this.old.patternOf(old), this.now.patternOf(now)];
    const flow = this.flow(patternBefore, pattern);
    const more = this.now.bytesOf(now) - this.old.bytesOf(old);
    flow[FLOW.changedKeys]!++;
    flow[FLOW.changedBytes]! += more;
    if (patternBefore !== pattern) this.refile(flow, old, now);
    const [kindBefore, kind] = [this.old.kindOf(old), this.now.kindOf(now)];
    const [expiredBefore, expires] = [this.old.expiryOf(old), this.now.expiryOf(now)];
    if (more > 0) {
      changes[0]!++;
      this.grewBytes += more;
    }
    if (more < 0) changes[1]!++;
    if (!Object.is(this.old.elementsOf(old), this.now.elementsOf(now))) changes[2]!++;
    if (types[kindBefore] !== types[kind]) changes[3]!++;
    if (encodings[kindBefore] !== encodings[kind]) changes[4]!++;
    if (Number.isNaN(expiredBefore)) changes[5]! += Number(!Number.isNaN(expires));
    else if (Number.isNaN(expires)) changes[6]!++;
    else if (expires !== expiredBefore) changes[7]!++;
    const list = more > 0 ? "grew" : more < 0 ? "shrank" : "same size";
    this.list(list, more === 0 ? this.now.bytesOf(now) : Math.abs(more), old, now);
  }

  added(now: number): void {
    const bytes = this.now.bytesOf(now);
    const pattern = this.now.patternOf(now);
    const flow = this.flow(pattern, pattern);
    flow[FLOW.addedKeys]!++;
    flow[FLOW.addedBytes]! += bytes;
    this.tail(1, this.now, now);
    this.list("added", bytes, undefined, now);
  }

  removed(old: number): void {
    const bytes = this.old.bytesOf(old);
    const pattern = this.old.patternOf(old);
    const flow = this.flow(pattern, pattern);
    flow[FLOW.removedKeys]!++;
    flow[FLOW.removedBytes]! += bytes;
    if (this.old.expiryOf(old) <= this.options.newCreatedAt) {
      this.removedExpired++;
      this.removedExpiredBytes += bytes;
    }
    this.tail(0, this.old, old);
    this.list("removed", bytes, old, undefined);
  }

  export(): DiffTally {
    const { flows, changes, removedExpired, removedExpiredBytes, grewBytes, lists } = this;
    const items = Object.fromEntries(KEY_LISTS.map((name) => [name, lists[name].items()])) as Record<
      KeyListName,
      DifferentKey[]
    >;
    const [removed, added] = this.tails.map(sampled) as [Map<number, TailSample>, Map<number, TailSample>];
    return {
      flows,
      changes,
      removedExpired,
      removedExpiredBytes,
      grewBytes,
      lists: items,
      tails: [removed, added],
    };
  }

  private refile(flow: Float64Array, old: number, now: number): void {
    flow[FLOW.refiledKeys]!++;
    flow[FLOW.refiledOldBytes]! += this.old.bytesOf(old);
    flow[FLOW.refiledNewBytes]! += this.now.bytesOf(now);
  }

  private flow(old: number, now: number): Float64Array {
    const pair = old * PATTERN_PAIR + now;
    let sums = this.flows.get(pair);
    if (sums === undefined) {
      sums = new Float64Array(FLOW_SUMS);
      this.flows.set(pair, sums);
    }
    return sums;
  }

  /** Notes what an added or removed key would still have under another name that only begins otherwise. */
  private tail(side: 0 | 1, rows: SpilledRows, word: number): void {
    const pattern = rows.patternOf(word);
    const prefix = this.options.prefixBytes[pattern]!;
    const nameBytes = rows.words[word + WORD.nameBytes]!;
    if (prefix < 0 || prefix >= nameBytes) return;
    const { tailFacts: facts, hash } = this;
    hash.name(rows.view, rows.nameAt(word) + prefix, nameBytes - prefix, rows.words[word + WORD.db]!);
    facts[0] = rows.kindOf(word);
    facts[1] = rows.payloadOf(word) - nameBytes;
    hash.facts(facts, 2);
    let sketch = this.tails[side].get(pattern);
    if (sketch === undefined) {
      sketch = new TailSketch();
      this.tails[side].set(pattern, sketch);
    }
    sketch.add(hash.out[0]!);
  }

  private list(name: KeyListName, rank: number, old: number | undefined, now: number | undefined): void {
    const list = this.lists[name];
    const rows = now === undefined ? this.old : this.now;
    const word = now ?? old!;
    if (list.last !== undefined && isBehind(rank, rows, word, list.last)) return;
    const nameAt = rows.nameAt(word);
    list.add({
      db: rows.words[word + WORD.db]!,
      name: rows.bytes.slice(nameAt, nameAt + rows.words[word + WORD.nameBytes]!),
      old: old === undefined ? undefined : factsOf(this.old, old),
      now: now === undefined ? undefined : factsOf(this.now, now),
      rank,
    });
  }
}

/** Whether a row comes behind what a list keeps last, by the order of `byRank`. */
function isBehind(rank: number, rows: SpilledRows, word: number, last: DifferentKey): boolean {
  if (rank !== last.rank) return rank < last.rank;
  const db = rows.words[word + WORD.db]!;
  if (db !== last.db) return db > last.db;
  const start = rows.nameAt(word);
  const length = rows.words[word + WORD.nameBytes]!;
  for (let i = 0; i < length && i < last.name.length; i++) {
    const difference = rows.bytes[start + i]! - last.name[i]!;
    if (difference !== 0) return difference > 0;
  }
  return length >= last.name.length;
}

function factsOf(rows: SpilledRows, word: number): KeyFacts {
  return {
    kind: rows.kindOf(word),
    pattern: rows.patternOf(word),
    bytes: rows.bytesOf(word),
    elements: rows.elementsOf(word),
    expiresAt: rows.expiryOf(word),
    accuracy: rows.accuracyOf(word),
  };
}

function sampled(sketches: ReadonlyMap<number, TailSketch>): Map<number, TailSample> {
  return new Map([...sketches].map(([id, one]) => [id, { items: one.items, hashes: one.hashes() }]));
}

/** Largest rank first, then by database and name. */
export function byRank(a: DifferentKey, b: DifferentKey): number {
  return b.rank - a.rank || a.db - b.db || Buffer.compare(a.name, b.name);
}
