import { CounterTable } from "../inventory/rollup/counters.ts";
import { slotCounts } from "../inventory/rollup/rollup.ts";
import { SLOTS } from "../inventory/slot.ts";
import { textOrBytes } from "../inventory/utf8.ts";
import {
  ENCODINGS,
  type FunctionLibrary,
  type LoadedDatabase,
  type Target,
  TYPES,
  type UsedMemory,
  usedMemory,
} from "../memory/index.ts";
import { mergePatterns, type PatternExport } from "../patterns/index.ts";
import { heaviestOf } from "./heaviest-key.ts";
import { largestChanges } from "./largest-changes.ts";
import { changeParts, DATABASE_COUNTS, PER_TARGET, type TallyExport } from "./tally.ts";

/** Sums of a group of keys: `bytes` and `heap_bytes` have one figure a target, in the targets' order. */
export interface ComparedSums {
  readonly keys: number;
  readonly bytes: readonly number[];
  readonly heap_bytes: readonly number[];
}

export interface ComparedType extends ComparedSums {
  readonly type: string;
  /** Keys whose size on each target is a lower bound. */
  readonly lower_bound_keys: readonly number[];
}

export interface ComparedPattern extends ComparedSums {
  readonly pattern: string;
}

/** Keys that `target` holds in another encoding than the first target does. */
export interface EncodingChange {
  readonly target: string;
  readonly type: string;
  readonly from: string;
  readonly to: string;
  readonly keys: number;
  readonly bytes_from: number;
  readonly bytes_to: number;
  readonly heap_bytes_from: number;
  readonly heap_bytes_to: number;
}

/** One of the keys whose change of encoding makes the largest difference. */
export interface ChangedKeyRow extends Omit<EncodingChange, "keys"> {
  readonly db: number;
  readonly key: string | Buffer;
  readonly record_offset: number;
}

/** The key that takes most heap on a target. */
export interface HeaviestKeyRow {
  readonly db: number;
  readonly key: string | Buffer;
  readonly type: string;
  readonly heap_bytes: number;
  readonly record_offset: number;
}

/** Keys of a database that a server would load. */
export interface ComparedDatabase {
  readonly db: number;
  readonly keys: number;
  readonly expires: number;
}

/** Keys that a server would load, by hash slot (16384 of them). */
export interface ComparedSlots {
  readonly keys: Float64Array;
  /** One a target, in the targets' order. */
  readonly heap_bytes: readonly Float64Array[];
}

/** Keys of a pattern that a server would load: how many, and their heap bytes on each target, in the targets' order. */
export interface LoadedPattern {
  readonly pattern: string;
  readonly keys: number;
  readonly heap_bytes: readonly number[];
}

/** The same by hash slot, of the slots that have any. */
export interface PatternSlots {
  readonly pattern: string;
  readonly slots: Uint16Array;
  readonly keys: Float64Array;
  readonly heap_bytes: readonly Float64Array[];
}

/** What one thread found. */
export interface ComparedPart {
  readonly tally: TallyExport;
  readonly patterns: PatternExport;
}

/** Keys of all types whose size on one target is a lower bound, and what is known of them. */
export interface ComparedLowerBounds {
  readonly lower_bound_keys: number;
  readonly lower_bound_bytes: number;
  readonly lower_bound_heap_bytes: number;
}

/** What all threads found together. */
export interface Compared {
  readonly totals: ComparedSums;
  /** In the targets' order. */
  readonly lowerBounds: readonly ComparedLowerBounds[];
  /** Largest heap on the first target first. */
  readonly types: readonly ComparedType[];
  /** Largest difference of heap from the first target first. */
  readonly patterns: readonly ComparedPattern[];
  readonly changes: readonly EncodingChange[];
  readonly changedKeys: readonly ChangedKeyRow[];
  readonly usedMemory: readonly UsedMemory[];
  readonly databases: readonly ComparedDatabase[];
  /** In the targets' order; null where there is no key. */
  readonly heaviest: readonly (HeaviestKeyRow | null)[];
  readonly slots: ComparedSlots;
  readonly loadedPatterns: readonly LoadedPattern[];
  /** Of the patterns that were asked for; null: there were too many pairs of a slot and a pattern. */
  readonly patternSlots: readonly PatternSlots[] | null;
}

/** Sums up what all threads found; `largest` is how many changed keys of each target are kept. */
export function mergeTallies(
  parts: readonly ComparedPart[],
  targets: readonly Target[],
  names: readonly string[],
  libraries: readonly FunctionLibrary[],
  largest: number,
  isWanted: (pattern: string) => boolean = () => false,
): Compared {
  const groups = new Groups(targets.length);
  const { templates, idOf } = mergePatterns(parts.map(({ patterns }) => patterns));
  parts.forEach(({ tally }, reader) => {
    const { first, second, sums, width } = tally.groups;
    for (let i = 0; i < first.length; i++) {
      const template = templates[idOf[reader]![second[i]!]!]!;
      groups.add(TYPES[first[i]!]!, template, sums.subarray(i * width, (i + 1) * width));
    }
  });
  const databases = targets.map((_, t) => loadedDatabases(parts, t));
  const [first = []] = databases;
  const { types, ...sorted } = groups.sorted();
  const lowerBounds = lowerBoundsOf(parts, targets.length);
  const ofType = (type: string) => lowerBounds.map((one) => one.get(type)?.[0] ?? 0);
  return {
    ...sorted,
    types: types.map((one) => ({ ...one, lower_bound_keys: ofType(one.type) })),
    lowerBounds: lowerBounds.map((byType) => {
      const sum = (k: number) => [...byType.values()].reduce((all, sums) => all + sums[k]!, 0);
      return { lower_bound_keys: sum(0), lower_bound_bytes: sum(1), lower_bound_heap_bytes: sum(2) };
    }),
    changes: changesOf(parts, names),
    changedKeys: changedKeysOf(parts, names, largest),
    usedMemory: targets.map((target, t) => usedMemory(target, databases[t]!, libraries)),
    databases: first.map(({ db, keys, expires }) => ({ db, keys, expires })).sort((a, b) => a.db - b.db),
    heaviest: targets.map((_, t) => heaviestRow(parts, t)),
    slots: slotSums(parts, targets.length),
    loadedPatterns: loadedPatterns(sorted.patterns, parts, templates, idOf, targets.length),
    patternSlots: patternSlots(parts, templates, idOf, targets.length, isWanted),
  };
}

function loadedPatterns(
  all: readonly ComparedPattern[],
  parts: readonly ComparedPart[],
  templates: readonly string[],
  idOf: readonly Int32Array[],
  targets: number,
): LoadedPattern[] {
  const expired = new Map<string, Float64Array>();
  parts.forEach(({ tally }, reader) => {
    const { first, sums, width } = tally.expired;
    for (let i = 0; i < first.length; i++) {
      const pattern = templates[idOf[reader]![first[i]!]!]!;
      const own = expired.get(pattern) ?? new Float64Array(1 + targets);
      expired.set(pattern, own);
      for (let k = 0; k < width; k++) own[k]! += sums[i * width + k]!;
    }
  });
  return all.map(({ pattern, keys, heap_bytes: heap }) => {
    const gone = expired.get(pattern);
    if (gone === undefined) return { pattern, keys, heap_bytes: heap };
    return { pattern, keys: keys - gone[0]!, heap_bytes: heap.map((bytes, t) => bytes - gone[1 + t]!) };
  });
}

function patternSlots(
  parts: readonly ComparedPart[],
  templates: readonly string[],
  idOf: readonly Int32Array[],
  targets: number,
  isWanted: (pattern: string) => boolean,
): PatternSlots[] | null {
  if (parts.some(({ tally }) => tally.slotPatterns === null)) return null;
  const wanted = templates.map(isWanted);
  const all = new CounterTable(1 + targets);
  parts.forEach(({ tally }, reader) => {
    if (!tally.slotPatterns) return;
    const { first, second, sums, width } = tally.slotPatterns;
    for (let i = 0; i < first.length; i++) {
      const template = idOf[reader]![second[i]!]!;
      if (!wanted[template]) continue;
      const at = all.at(template, first[i]!);
      for (let k = 0; k < width; k++) all.sums[at + k]! += sums[i * width + k]!;
    }
  });
  const { first, second, sums, width } = all.export();
  const order = Uint32Array.from(first.keys()).sort(
    (a, b) => first[a]! - first[b]! || second[a]! - second[b]!,
  );
  const begins = [...order.keys()].filter((i) => i === 0 || first[order[i]!] !== first[order[i - 1]!]);
  return begins.map((begin, i) => {
    const own = order.subarray(begin, begins[i + 1]);
    const figure = (k: number) => Float64Array.from(own, (entry) => sums[entry * width + k]!);
    return {
      pattern: templates[first[own[0]!]!]!,
      slots: Uint16Array.from(own, (entry) => second[entry]!),
      keys: figure(0),
      heap_bytes: Array.from({ length: targets }, (_, t) => figure(1 + t)),
    };
  });
}

function slotSums(parts: readonly ComparedPart[], targets: number): ComparedSlots {
  const ofSlots = (figure: number) =>
    Float64Array.from({ length: SLOTS }, (_, slot) =>
      parts.reduce((sum, { tally }) => sum + tally.slots[slot * (1 + targets) + figure]!, 0),
    );
  return { keys: ofSlots(0), heap_bytes: Array.from({ length: targets }, (_, t) => ofSlots(1 + t)) };
}

function heaviestRow(parts: readonly ComparedPart[], target: number): HeaviestKeyRow | null {
  const found = heaviestOf(parts.map(({ tally }) => tally.heaviest[target]));
  if (found === undefined) return null;
  const { db, key, type, heapBytes, recordOffset } = found;
  return {
    db,
    key: textOrBytes(key),
    type: TYPES[type]!,
    heap_bytes: heapBytes,
    record_offset: recordOffset,
  };
}

/** Sums by type, by pattern and of all. */
class Groups {
  private readonly width: number;
  private readonly total: Float64Array;
  private readonly types = new Map<string, Float64Array>();
  private readonly patterns = new Map<string, Float64Array>();

  constructor(targets: number) {
    this.width = 1 + targets * PER_TARGET;
    this.total = new Float64Array(this.width);
  }

  add(type: string, pattern: string, sums: Float64Array): void {
    const into = [this.total, this.entry(this.types, type), this.entry(this.patterns, pattern)];
    for (const one of into) for (let k = 0; k < this.width; k++) one[k]! += sums[k]!;
  }

  sorted() {
    const types = [...this.types].map(([type, sums]) => ({ type, ...named(sums) }));
    const patterns = [...this.patterns].map(([pattern, sums]) => ({ pattern, ...named(sums) }));
    return {
      totals: named(this.total),
      types: types.sort((a, b) => b.heap_bytes[0]! - a.heap_bytes[0]! || order(a.type, b.type)),
      patterns: patterns.sort((a, b) => spread(b) - spread(a) || order(a.pattern, b.pattern)),
    };
  }

  private entry(map: Map<string, Float64Array>, name: string): Float64Array {
    let sums = map.get(name);
    if (sums === undefined) {
      sums = new Float64Array(this.width);
      map.set(name, sums);
    }
    return sums;
  }
}

function named(sums: Float64Array): ComparedSums {
  const every = (offset: number) => Array.from(sums.subarray(1)).filter((_, i) => i % PER_TARGET === offset);
  return { keys: sums[0]!, bytes: every(0), heap_bytes: every(1) };
}

/** Largest difference of heap of any target from the first. */
function spread({ heap_bytes: heap }: ComparedSums): number {
  return heap.reduce((max, one) => Math.max(max, Math.abs(one - heap[0]!)), 0);
}

/** By target and type: the sums of the keys whose size is a lower bound. */
function lowerBoundsOf(parts: readonly ComparedPart[], targets: number): Map<string, number[]>[] {
  const found = Array.from({ length: targets }, () => new Map<string, number[]>());
  for (const { tally } of parts) {
    const { first, second, sums, width } = tally.lowerBounds;
    for (let i = 0; i < first.length; i++) {
      const byType = found[first[i]!]!;
      const type = TYPES[second[i]!]!;
      const before = byType.get(type) ?? new Array<number>(width).fill(0);
      byType.set(
        type,
        before.map((sum, k) => sum + sums[i * width + k]!),
      );
    }
  }
  return found;
}

function loadedDatabases(
  parts: readonly ComparedPart[],
  target: number,
): (LoadedDatabase & { readonly db: number })[] {
  const byDb = new Map<
    number,
    { keys: number; expires: number; expiringHashes: number; heapBytes: number }
  >();
  for (const { tally } of parts) {
    const { first, sums, width } = tally.databases;
    for (let i = 0; i < first.length; i++) {
      const one = byDb.get(first[i]!) ?? { keys: 0, expires: 0, expiringHashes: 0, heapBytes: 0 };
      byDb.set(first[i]!, one);
      one.keys += sums[i * width]!;
      one.expires += sums[i * width + 1]!;
      one.expiringHashes += sums[i * width + 2]!;
      one.heapBytes += sums[i * width + DATABASE_COUNTS + target]!;
    }
  }
  return [...byDb].map(([db, counts]) => {
    const bySlot = slotCounts(
      parts.map(({ tally }) => tally.loadedSlots),
      db,
    );
    return { db, ...counts, ...bySlot };
  });
}

function changesOf(parts: readonly ComparedPart[], names: readonly string[]): EncodingChange[] {
  const entries = new Map<string, { target: number; id: number; sums: number[] }>();
  for (const { tally } of parts) {
    const { first, second, sums, width } = tally.changes;
    for (let i = 0; i < first.length; i++) {
      const name = `${first[i]} ${second[i]}`;
      const entry = entries.get(name) ?? { target: first[i]!, id: second[i]!, sums: [0, 0, 0, 0, 0] };
      entries.set(name, entry);
      for (let k = 0; k < width; k++) entry.sums[k]! += sums[i * width + k]!;
    }
  }
  return [...entries.values()]
    .sort((a, b) => a.target - b.target || b.sums[0]! - a.sums[0]! || a.id - b.id)
    .map(({ target, id, sums }) => {
      const { type, from: before, to: after } = changeParts(id);
      return {
        target: names[target]!,
        type: TYPES[type]!,
        from: ENCODINGS[before]!,
        to: ENCODINGS[after]!,
        keys: sums[0]!,
        bytes_from: sums[1]!,
        bytes_to: sums[2]!,
        heap_bytes_from: sums[3]!,
        heap_bytes_to: sums[4]!,
      };
    });
}

function changedKeysOf(
  parts: readonly ComparedPart[],
  names: readonly string[],
  largest: number,
): ChangedKeyRow[] {
  return names.flatMap((target, t) => {
    const all = parts.flatMap(({ tally }) => tally.largest[t]!);
    return largestChanges(all, largest).map((one) => ({
      target,
      db: one.db,
      key: textOrBytes(one.key),
      type: TYPES[one.type]!,
      from: ENCODINGS[one.from]!,
      to: ENCODINGS[one.to]!,
      bytes_from: one.bytesFrom,
      bytes_to: one.bytesTo,
      heap_bytes_from: one.heapFrom,
      heap_bytes_to: one.heapTo,
      record_offset: one.recordOffset,
    }));
  });
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
