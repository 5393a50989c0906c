import Database from "better-sqlite3";
import { moduleTypeName } from "../../parsers/module.ts";
import type { FinishSnapshot, WeightedRollup } from "../../workers/protocol.ts";
import {
  ENCODINGS,
  isRaisable,
  type LoadedDatabase,
  librariesOf,
  raisedTo,
  TYPES,
  tableBytes,
  targetOf,
  usedMemory,
} from "../memory/index.ts";
import { type MergedPatterns, mergePatterns } from "../patterns/index.ts";
import { fileNode } from "./file-node.ts";
import { hashedField, hashedTemplates } from "./hashed-facts.ts";
import { ENCODING_LIMIT, FIRST_MODULE_KIND } from "./module-kinds.ts";
import { NameHash } from "./name-hash.ts";
import { rangesOf } from "./nodes.ts";
import { patternBase } from "./pattern-ids.ts";
import { ACCESS_MEASURES, ACCESS_RANKINGS, accessParts } from "./rollup/access.ts";
import { expiryBucketHours } from "./rollup/buckets.ts";
import type { CounterExport } from "./rollup/counters.ts";
import { EVIDENCE, EVIDENCE_SUMS, evidenceParts } from "./rollup/evidence.ts";
import {
  BUCKET_LIMIT,
  EXPIRY_SUMS,
  expiryParts,
  MEASURES,
  ROLLUP_SUMS,
  type RollupExport,
  rollupParts,
  slotCounts,
} from "./rollup/rollup.ts";
import type { TopKey, TopMeasure } from "./rollup/top-keys.ts";
import { ACCURACY, IDLE_BOUNDS } from "./schema.ts";
import { SLOTS } from "./slot.ts";
import { isText } from "./utf8.ts";

const HOUR_MS = 3_600_000;
/** Which sums of an entry are what they are, whatever the weight of what was counted; and which are maxima. */
interface SumKinds {
  readonly plainFrom: number;
  readonly maximaFrom: number;
}
const ALL_SUMS: SumKinds = { plainFrom: Number.POSITIVE_INFINITY, maximaFrom: Number.POSITIVE_INFINITY };
const IN_ROLLUP: SumKinds = {
  plainFrom: ROLLUP_SUMS.indexOf("bytes_squares"),
  maximaFrom: ROLLUP_SUMS.indexOf("max_bytes"),
};
const IN_EXPIRY: SumKinds = { ...ALL_SUMS, plainFrom: EXPIRY_SUMS.indexOf("bytes_squares") };
const EXAMPLE = EVIDENCE_SUMS.indexOf("example_offset");
const IN_EVIDENCE: SumKinds = { plainFrom: EXAMPLE, maximaFrom: EXAMPLE };
const MAX_RANK = 100;

type Cell = string | number | null | Uint8Array;

/** Columns that `analyze --index` may ask for. */
export const INDEX_COLUMNS: Readonly<Record<string, string>> = {
  key: "key",
  pattern: "pattern_id",
  bytes: "bytes",
};

/**
 * Writes everything but the key rows: what all readers know of each snapshot, summed up; no names with `nameSecret`. `complete`
 * writes what is left to be written.
 */
export function writeSummaries(
  path: string,
  snapshots: readonly FinishSnapshot[],
  nameSecret: Uint8Array | undefined,
  complete: (db: Database.Database) => void,
): void {
  const hash = nameSecret === undefined ? undefined : new NameHash(nameSecret);
  const db = new Database(path);
  try {
    db.pragma("journal_mode = OFF");
    db.pragma("synchronous = OFF");
    db.pragma("foreign_keys = OFF"); // Rows may come before what they refer to.
    db.transaction(() => {
      for (const snapshot of snapshots) new SnapshotWriter(db, snapshot, hash).write();
      complete(db);
    })();
  } finally {
    db.close();
  }
}

/** Makes the indexes that are not there yet. */
export function addIndexes(db: Database.Database, index: readonly string[]): void {
  for (const name of index)
    db.exec(`CREATE INDEX IF NOT EXISTS key_rows_by_${name} ON key_rows (${INDEX_COLUMNS[name]})`);
}

interface CountedDatabase {
  readonly db: number;
  readonly keys: number;
  readonly ttl: number;
  readonly bytes: number;
  readonly heap: number;
  readonly keys_loaded: number;
  readonly expires_loaded: number;
  readonly heap_loaded: number;
}

/** Writes one snapshot's summaries. */
class SnapshotWriter {
  private readonly db: Database.Database;
  private readonly s: FinishSnapshot;
  private readonly hash: NameHash | undefined;
  private readonly merged: MergedPatterns;
  /** Templates as the inventory has them. */
  private readonly templates: readonly string[];
  /** Inventory id of each template: that of the first raw id that stands for it. */
  private readonly templateIds: number[];

  constructor(db: Database.Database, snapshot: FinishSnapshot, hash: NameHash | undefined) {
    this.db = db;
    this.s = snapshot;
    this.hash = hash;
    const merged = mergePatterns(snapshot.patterns);
    this.merged = merged;
    this.templates = hash === undefined ? merged.templates : hashedTemplates(merged, snapshot.rollups, hash);
    this.templateIds = new Array<number>(merged.templates.length).fill(-1);
  }

  write(): void {
    const { s } = this;
    const columns = Object.keys(s.row);
    this.db
      .prepare(
        `INSERT INTO snapshot_rows (id, ${columns.join(", ")}) VALUES (?${", ?".repeat(columns.length)})`,
      )
      .run(s.id, ...Object.values(s.row).map(storable));
    this.patterns();
    this.modules();
    this.rollup();
    this.expiry();
    this.sketches();
    this.evidence();
    this.slots();
    this.bigKeys("bytes", (r) => r.bigByBytes);
    this.bigKeys("elements", (r) => r.bigByElements);
    this.access();
    this.facts();
  }

  private insertAll(table: string, rows: Iterable<readonly Cell[]>): void {
    let statement: Database.Statement | undefined;
    for (const row of rows) {
      statement ??= this.db.prepare(`INSERT INTO ${table} VALUES (?${", ?".repeat(row.length - 1)})`);
      statement.run(...row.map(storable));
    }
  }

  private patterns(): void {
    const { id } = this.s;
    const insert = this.db.prepare("INSERT INTO pattern_ids VALUES (?, ?)");
    for (const [reader, templates] of this.merged.idOf.entries()) {
      for (const [raw, template] of templates.entries()) {
        const patternId = patternBase(id, reader) + raw;
        insert.run(patternId, this.templates[template]!);
        if (this.templateIds[template] === -1) this.templateIds[template] = patternId;
      }
    }
    if (this.merged.narrowed) {
      const message = "very many different key patterns: rare ones were merged into wider ones";
      this.insertAll("warnings", [[id, "PATTERNS_NARROWED", null, message]]);
    }
  }

  private patternId(reader: number, raw: number): number {
    return this.templateIds[this.merged.idOf[reader]![raw]!]!;
  }

  private modules(): void {
    const insert = this.db.prepare("INSERT OR IGNORE INTO kinds VALUES (?, ?, 'module', ?)");
    this.s.modules.forEach(({ high, low }, i) => {
      const name = moduleTypeName(high, low);
      insert.run(this.s.firstModule + i, name, name);
    });
  }

  /** Sums the same entry of all readers, each as often as its keys weigh; `name` tells which entry that is. */
  private summed(
    pick: (r: RollupExport) => CounterExport,
    name: (reader: number, first: number, second: number, weight: number) => readonly Cell[],
    { plainFrom, maximaFrom } = ALL_SUMS,
  ): Cell[][] {
    const entries = new Map<string, { cells: readonly Cell[]; byWeight: Map<number, number[]> }>();
    for (const { reader, weight, counted } of this.s.rollups) {
      const { first, second, sums, width } = pick(counted);
      for (let i = 0; i < first.length; i++) {
        const cells = name(reader, first[i]!, second[i]!, weight);
        const id = cells.join(" ");
        let entry = entries.get(id);
        if (entry === undefined) {
          entry = { cells, byWeight: new Map() };
          entries.set(id, entry);
        }
        let own = entry.byWeight.get(weight);
        if (own === undefined) {
          own = new Array<number>(width).fill(0);
          entry.byWeight.set(weight, own);
        }
        for (let k = 0; k < width; k++) {
          const value = sums[i * width + k]!;
          own[k] = k >= maximaFrom ? Math.max(own[k]!, value) : own[k]! + value;
        }
      }
    }
    const rows = [...entries.values()].sort((a, b) => compareCells(a.cells, b.cells));
    return rows.map(({ cells, byWeight }) => {
      const [[weight, sums], other] = [...byWeight] as [[number, number[]], [number, number[]]?];
      const total = sums.map((sum, k) => {
        const own = k >= plainFrom ? sum : weight * sum;
        if (other === undefined) return own;
        const others = k >= plainFrom ? other[1][k]! : other[0] * other[1][k]!;
        return k >= maximaFrom ? Math.max(own, others) : own + others;
      });
      return [this.s.id, ...cells, ...total];
    });
  }

  /** A number that each reader counted, each as often as its keys weigh. */
  private total(pick: (r: RollupExport) => number): number {
    const sumOf = (all: readonly WeightedRollup[]) => all.reduce((n, { counted }) => n + pick(counted), 0);
    const certain = this.s.rollups.filter(({ weight }) => weight === 1);
    const drawn = this.s.rollups.filter(({ weight }) => weight !== 1);
    return sumOf(certain) + (drawn[0]?.weight ?? 0) * sumOf(drawn);
  }

  private rollup(): void {
    const rows = this.summed(
      (r) => r.rollup,
      (reader, db, second, weight) => {
        const { pattern, kind, sizeClass } = rollupParts(second);
        return [db, kind, this.patternId(reader, pattern), sizeClass, weight];
      },
      IN_ROLLUP,
    );
    this.insertAll("rollup_rows", rows);
    this.databases();
  }

  private databases(): void {
    const { id, facts } = this.s;
    const target = targetOf(this.s.target);
    const dbs = this.countedDatabases();
    const loaded = dbs.map(({ db, heap_loaded, keys_loaded, expires_loaded }): LoadedDatabase => {
      const { rollups } = this.s;
      const parts = rollups.map(({ counted }) => counted.loadedSlots);
      const weights = rollups.map(({ weight }) => weight);
      const bySlot = slotCounts(parts, db, weights);
      const expiringHashes = Math.round(this.total((r) => r.expiringHashes.get(db) ?? 0));
      return {
        keys: keys_loaded,
        expires: expires_loaded,
        expiringHashes,
        heapBytes: heap_loaded,
        ...bySlot,
      };
    });
    this.insertAll(
      "databases",
      dbs.map((row, i) => {
        const said = facts.databases.get(row.db);
        const declared = [said?.keys ?? null, said?.expires ?? null];
        const { db, keys, ttl, bytes, heap, keys_loaded, expires_loaded, heap_loaded } = row;
        const after = [keys_loaded, expires_loaded, heap_loaded, tableBytes(target, loaded[i]!)];
        return [id, db, keys, ttl, bytes, heap, ...declared, ...after];
      }),
    );
    const memory = usedMemory(target, loaded, librariesOf(facts));
    const { keyBytes, tableBytes: tables, functionBytes, baselineBytes } = memory;
    this.insertAll("memory_rows", [[id, keyBytes, tables, functionBytes, baselineBytes]]);
  }

  /** What the rollup says of each database that has keys or is announced. */
  private countedDatabases(): CountedDatabase[] {
    const counted = this.db
      .prepare(
        `SELECT db, sum(keys) AS keys, sum(keys - keys_without_ttl) AS ttl, sum(bytes) AS bytes, sum(heap_bytes) AS heap,
           sum(keys - expired) AS keys_loaded, sum(keys - keys_without_ttl - expired) AS expires_loaded,
           sum(heap_bytes - expired_heap_bytes) AS heap_loaded
         FROM rollup_rows WHERE snapshot = ? GROUP BY db`,
      )
      .all(this.s.id) as CountedDatabase[];
    const empty = { keys: 0, ttl: 0, bytes: 0, heap: 0, keys_loaded: 0, expires_loaded: 0, heap_loaded: 0 };
    const known = new Set(counted.map(({ db }) => db));
    const { facts, row } = this.s;
    const exact = row.filters === "{}" ? facts.sample?.databases : undefined;
    const others = [...new Set([...facts.databases.keys(), ...(exact?.keys() ?? [])])].filter(
      (db) => !known.has(db),
    );
    const all = [...counted, ...others.map((db) => ({ db, ...empty }))].sort((a, b) => a.db - b.db);
    return facts.sample === undefined ? all : all.map((one) => wholeDatabase(one, exact?.get(one.db)));
  }

  private expiry(): void {
    const rows = this.summed(
      (r) => r.expiry,
      (reader, db, second, weight) => {
        const { pattern, hour } = expiryParts(second);
        const times = [hour, hour + expiryBucketHours(hour)].map(
          (h) => Number(this.s.row.created_at) + h * HOUR_MS,
        );
        return [db, this.patternId(reader, pattern), ...times, weight];
      },
      IN_EXPIRY,
    );
    this.insertAll("expiry_rows", rows);
  }

  private sketches(): void {
    const parts = (second: number) =>
      [MEASURES[Math.floor(second / BUCKET_LIMIT)]!, second % BUCKET_LIMIT] as const;
    const byType = this.summed(
      (r) => r.typeSketch,
      (_, type, second) => [TYPES[type]!, null, ...parts(second)],
    );
    this.insertAll("sketch_rows", byType);
    const byPattern = this.summed(
      (r) => r.patternSketch,
      (reader, pattern, second) => [null, this.patternId(reader, pattern), ...parts(second)],
    );
    this.insertAll("sketch_rows", byPattern);
  }

  private evidence(): void {
    const { config } = targetOf(this.s.target);
    const rows = this.summed(
      (r) => r.evidence,
      (reader, db, second) => {
        const { pattern, type, evidence } = evidenceParts(second);
        const name = EVIDENCE[evidence]!;
        const raised = isRaisable(name) ? raisedTo(name, config) : null;
        return [db, this.patternId(reader, pattern), TYPES[type]!, name, raised];
      },
      IN_EVIDENCE,
    );
    this.insertAll("evidence_rows", rows);
  }

  private slots(): void {
    const totals = new Float64Array(SLOTS * 2);
    // Those that stand for themselves first, as sums of drawn ones are no whole numbers.
    for (const isDrawn of [false, true]) {
      const sums = new Float64Array(SLOTS * 2);
      const of = this.s.rollups.filter(({ weight }) => (weight !== 1) === isDrawn);
      for (const { counted } of of) for (let i = 0; i < sums.length; i++) sums[i]! += counted.slots[i]!;
      const weight = of[0]?.weight ?? 0;
      for (let i = 0; i < sums.length; i++) totals[i]! += weight * sums[i]!;
    }
    const rows: Cell[][] = [];
    for (let slot = 0; slot < SLOTS; slot++) {
      const [keys, bytes] = [totals[slot * 2]!, totals[slot * 2 + 1]!];
      if (keys > 0) rows.push([this.s.id, slot, keys, bytes]);
    }
    this.insertAll("slots", rows);
    const used = rows.map(([, slot]) => Number(slot));
    const { id, row, fileFingerprint } = this.s;
    const name = fileNode(String(row.path));
    this.insertAll("node_rows", [[id, name, name, fileFingerprint, used.length, rangesOf(used)]]);
  }

  private ranked(
    pick: (r: RollupExport) => readonly TopKey[],
    measure: TopMeasure,
  ): (TopKey & { reader: number })[] {
    return this.s.rollups
      .flatMap(({ reader, counted }) => pick(counted).map((key) => ({ ...key, reader })))
      .sort((a, b) => b[measure] - a[measure] || a.recordOffset - b.recordOffset)
      .slice(0, MAX_RANK);
  }

  private bigKeys(measure: "bytes" | "elements", pick: (r: RollupExport) => readonly TopKey[][]): void {
    TYPES.forEach((_, type) => {
      const rows = this.ranked((r) => pick(r)[type]!, measure).map((k, rank): Cell[] => [
        this.s.id,
        measure,
        this.typeName(k),
        rank + 1,
        k.db,
        textOrBlob(k.key),
        this.encodingName(k),
        k.bytes,
        k.elements < 0 ? null : k.elements,
        k.largestBytes,
        k.largestName.length === 0 ? null : textOrBlob(k.largestName),
        Number.isNaN(k.expiresAt) ? null : k.expiresAt,
        this.templateOf(k.reader, k.pattern),
        k.recordOffset,
        ACCURACY[k.accuracy]!,
      ]);
      this.insertAll("big_keys", rows);
    });
  }

  private access(): void {
    const counts = this.summed(
      (r) => r.access.counts,
      (reader, db, second) => {
        const { pattern, measure, measured } = accessParts(second);
        const name = ACCESS_MEASURES[measure]!;
        const atLeast = name === "freq" ? measured : IDLE_BOUNDS[measured]!;
        return [db, this.patternId(reader, pattern), name, atLeast];
      },
    );
    this.insertAll("access_rows", counts);
    ACCESS_RANKINGS.forEach(({ name, measure }, i) => {
      const ranked = this.ranked((r) => r.access.top[i]!, measure);
      this.insertAll(
        "hot_keys",
        ranked.map((k, rank) => this.hotKey(name, k, rank + 1)),
      );
    });
  }

  private hotKey(ranking: string, k: TopKey & { reader: number }, rank: number): Cell[] {
    return [
      this.s.id,
      ranking,
      rank,
      k.db,
      textOrBlob(k.key),
      this.typeName(k),
      k.freq < 0 ? null : k.freq,
      k.idleSeconds < 0 ? null : k.idleSeconds,
      k.bytes,
      this.templateOf(k.reader, k.pattern),
      k.recordOffset,
      ACCURACY[k.accuracy]!,
    ];
  }

  private typeName(k: TopKey): string {
    const module = this.s.modules[k.kind - this.s.firstModule];
    return module === undefined ? TYPES[k.type]! : moduleTypeName(module.high, module.low);
  }

  private encodingName(k: TopKey): string {
    return k.kind >= FIRST_MODULE_KIND ? "module" : ENCODINGS[k.kind % ENCODING_LIMIT]!;
  }

  private templateOf(reader: number, raw: number): string {
    return this.templates[this.merged.idOf[reader]![raw]!]!;
  }

  private facts(): void {
    const { facts, id } = this.s;
    const { hash } = this;
    this.insertAll(
      "functions",
      facts.functions.map((f) => [id, f.name, f.engine, f.bytes, f.offset]),
    );
    this.insertAll(
      "module_aux",
      facts.modules.map((m) => [id, m.name, m.bytes, m.offset]),
    );
    this.insertAll(
      "aux_fields",
      [...facts.aux].map(([name, value]) => [
        id,
        name,
        hash === undefined ? value : hashedField(name, value, hash),
      ]),
    );
    this.insertAll(
      "lost_ranges",
      this.s.lost.map((r) => [
        id,
        r.start,
        r.end,
        r.code,
        r.message,
        r.recordsAfter,
        r.db,
        r.keyBefore && textOrBlob(r.keyBefore),
        r.keyAfter && textOrBlob(r.keyAfter),
      ]),
    );
    const warnings = [...this.s.warnings, ...this.s.damages];
    this.insertAll(
      "warnings",
      warnings.map((w) => [id, w.code, w.offset < 0 ? null : w.offset, w.message]),
    );
  }
}

/** No whole double from here on is an integer to SQLite, nor its negative: sqlite3VdbeIntegerAffinity(), vdbemem.c. */
const NO_INTEGER_FROM = 2 ** 63;
const MAX_INT64 = 2n ** 63n - 1n;

/**
 * A cell as SQLite stores it: whole numbers as integers, as columns that hold estimates take what they are given; numbers that only a
 * hostile snapshot has end where 64 bits do.
 */
function storable(cell: Cell): Cell | bigint {
  if (typeof cell !== "number" || !Number.isInteger(cell)) return cell;
  if (Math.abs(cell) < NO_INTEGER_FROM) return BigInt(cell);
  return cell > 0 ? MAX_INT64 : -MAX_INT64;
}

/** What is estimated of a database, as whole numbers; `keys`: how many there are, where that is known. */
function wholeDatabase(one: CountedDatabase, keys: number | undefined): CountedDatabase {
  const whole = Object.fromEntries(
    Object.entries(one).map(([name, value]) => [name, Math.round(value)]),
  ) as unknown as CountedDatabase;
  if (keys === undefined) return whole;
  return { ...whole, keys, keys_loaded: Math.max(0, keys - Math.round(one.keys - one.keys_loaded)) };
}

function textOrBlob(bytes: Uint8Array): Cell {
  return isText(bytes, bytes.length)
    ? new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)
    : Buffer.from(bytes);
}

function compareCells(a: readonly Cell[], b: readonly Cell[]): number {
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!;
    const y = b[i]!;
    if (x !== y)
      return typeof x === "number" && typeof y === "number" ? x - y : String(x) < String(y) ? -1 : 1;
  }
  return 0;
}
