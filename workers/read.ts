import fs from "node:fs";
import type { RecordReader } from "../parsers/records.ts";
import { cannotWrite } from "../src/inventory/cannot-write.ts";
import { ENCODING_LIMIT, ModuleKinds } from "../src/inventory/module-kinds.ts";
import { NameHash } from "../src/inventory/name-hash.ts";
import { PageAllocator, RowWriter } from "../src/inventory/pages.ts";
import { patternBase } from "../src/inventory/pattern-ids.ts";
import { Evidence, evidenceVariants } from "../src/inventory/rollup/evidence.ts";
import { type KeyFacts, Rollup } from "../src/inventory/rollup/rollup.ts";
import { plainName } from "../src/inventory/rollup/top-keys.ts";
import { ACCURACY, KEY_COLUMNS, SNAPSHOT_ID_SHIFT } from "../src/inventory/schema.ts";
import { isText } from "../src/inventory/utf8.ts";
import { type Bill, TYPE, TYPES, targetOf, ValueMeter } from "../src/memory/index.ts";
import { compileFilter } from "../src/pipeline/filter.ts";
import { began } from "./began.ts";
import { ChunkRecords, type ChunkWorker, noteDamage, takeChunks } from "./chunks.ts";
import { PlacedPatterns } from "./placed-patterns.ts";
import type {
  Answer,
  ChunkDone,
  ChunkOrder,
  ChunkTask,
  Damages,
  ReadResult,
  ReadTask,
  StratumResult,
} from "./protocol.ts";

const KEY_COLUMN = 2;
const DAMAGED = ACCURACY.indexOf("damaged");
/** Largest double that SQLite holds as an integer: 2^63 itself, to which INT64_MAX rounds, would turn negative. */
const MAX_INT64_DOUBLE = 2 ** 63 - 1024;

/** Reads the chunks it is given until there are no more; returns what they add up to. */
export default function read(task: ChunkTask & ReadTask): Promise<Answer<ReadResult>> {
  began();
  const explain = (error: unknown) => (task.rows === undefined ? error : cannotWrite(task.rows.path, error));
  return takeChunks(task, () => new ChunkReader(task), explain);
}

/** Counts keys that stand for equally many. */
class Stratum {
  readonly rollup: Rollup;
  readonly evidence: Evidence;
  keys = 0;
  expired = 0;

  constructor(rollup: Rollup, evidence: Evidence) {
    this.rollup = rollup;
    this.evidence = evidence;
  }

  result(): StratumResult {
    const { keys, expired, rollup, evidence } = this;
    return { keys, expired, rollup: { ...rollup.export(), evidence: evidence.export() } };
  }
}

/** Walks records, sizes and classifies them, counts them and writes their rows. One a thread and snapshot. */
class ChunkReader implements ChunkWorker<ReadResult> {
  private readonly task: ChunkTask & ReadTask;
  private readonly input: ChunkRecords;
  private readonly meter: ValueMeter;
  private readonly bill: Bill;
  private readonly records: RecordReader;
  private readonly patterns: PlacedPatterns;
  private readonly certain: Stratum;
  private readonly drawn: Stratum | undefined;
  /** Records from so many bytes on are certain. */
  private readonly certainBytes: number;
  private readonly modules: ModuleKinds;
  private readonly rows: RowWriter | undefined;
  private readonly fd: number | undefined;
  private readonly damages: Damages = { first: [], count: 0 };
  private readonly filter;
  /** What stands for names in the inventory, where they are not to be seen. */
  private readonly hash: NameHash | undefined;
  private readonly idBase: number;
  private readonly patternBase: number;
  private readonly key: KeyFacts = {
    db: 0,
    type: 0,
    kind: 0,
    pattern: 0,
    nameBytes: 0,
    bytes: 0,
    heapBytes: 0,
    serializedBytes: 0,
    payloadBytes: 0,
    elements: 0,
    largestBytes: 0,
    hasExpiry: false,
    expiresAt: 0,
    expired: false,
    expiringFields: false,
    freq: 0,
    idleSeconds: 0,
    slot: 0,
    accuracy: 0,
    recordOffset: 0,
  };

  constructor(task: ChunkTask & ReadTask) {
    this.task = task;
    this.patterns = new PlacedPatterns(task.patterns);
    const target = targetOf(task.target);
    this.meter = new ValueMeter(
      [target],
      task.totalsOnly ? {} : { captureLargest: true, variants: evidenceVariants(target) },
    );
    this.bill = this.meter.bills[0] as Bill;
    this.input = new ChunkRecords(task, this.meter);
    this.records = this.input.records;
    this.records.useBuffer(this.patterns.nameBuffer);
    const hash = task.nameSecret === undefined ? undefined : new NameHash(task.nameSecret);
    const nameForm = hash === undefined ? plainName : hash.bytes.bind(hash);
    this.hash = hash;
    const bySlot = target.config.clusterEnabled;
    const stratum = (isDrawn: boolean) =>
      new Stratum(
        new Rollup(TYPES.length, task.createdAt, { bySlot, nameForm, isDrawn, totalsOnly: task.totalsOnly }),
        new Evidence(this.meter, target),
      );
    this.certain = stratum(false);
    this.drawn = task.certainBytes === undefined ? undefined : stratum(true);
    this.certainBytes = task.certainBytes ?? 0;
    this.modules = new ModuleKinds(task.modules);
    this.filter = compileFilter(task.filter, task.createdAt);
    this.idBase = (task.snapshot - 1) * SNAPSHOT_ID_SHIFT;
    this.patternBase = patternBase(task.snapshot, task.worker);
    if (task.rows !== undefined) {
      this.fd = fs.openSync(task.rows.path, "r+");
      this.rows = new RowWriter(
        this.fd,
        new PageAllocator(task.rows.pages),
        KEY_COLUMNS.length + 1,
        KEY_COLUMN,
      );
    }
  }

  read(order: NonNullable<ChunkOrder>): ChunkDone {
    this.patterns.add(order.models);
    const done = this.input.each(order, this.record);
    this.rows?.finishRange();
    return done;
  }

  private readonly record = (): void => {
    const { records, meter, bill, key: k } = this;
    k.db = records.db;
    k.nameBytes = records.keyLength;
    k.type = meter.type < 0 ? TYPE.string : meter.type;
    k.hasExpiry = records.hasExpiry;
    meter.size(k.nameBytes, k.hasExpiry);
    k.bytes = bill.bytes;
    k.expiresAt = Math.min(records.expiresAt, MAX_INT64_DOUBLE);
    if (!this.filter.everything && !this.filter.accepts(k, records.key, meter)) return;
    k.kind =
      k.type === TYPE.module
        ? this.modules.kindOf(meter.moduleHigh, meter.moduleLow)
        : k.type * ENCODING_LIMIT + bill.encoding;
    k.heapBytes = bill.heapBytes;
    k.serializedBytes = records.recordBytes;
    k.payloadBytes = meter.payloadBytes + k.nameBytes;
    k.elements = meter.elements;
    k.largestBytes = meter.largestBytes;
    k.expired = k.hasExpiry && k.expiresAt <= this.task.createdAt;
    k.expiringFields = meter.stats.fieldsWithExpiry > 0;
    k.freq = records.freq;
    k.idleSeconds = records.idleSeconds;
    k.accuracy = records.damage === undefined ? bill.exactness : DAMAGED;
    k.recordOffset = records.recordOffset;
    k.pattern = this.patterns.classify(records.key, k.nameBytes, k.recordOffset);
    k.slot = this.patterns.slot;
    const stratum = k.serializedBytes >= this.certainBytes ? this.certain : this.drawn!;
    stratum.keys++;
    if (k.expired) stratum.expired++;
    if (records.damage !== undefined) noteDamage(this.damages, records, this.hash);
    stratum.rollup.add(k, records.key, meter.largest);
    if (this.rows !== undefined) this.writeRow(this.rows);
    if (!this.task.totalsOnly) stratum.evidence.look(k, bill.encoding, this.compressedBytes());
  };

  /** Bytes of the string as the snapshot holds it compressed, 0: it does not. A record of one is shorter than the string. */
  private compressedBytes(): number {
    const { records, key: k } = this;
    if (k.type !== TYPE.string || records.recordBytes >= k.largestBytes) return 0;
    return records.values.strings.storedBytes;
  }

  private writeRow(rows: RowWriter): void {
    const { records, key: k } = this;
    const v = rows.integers;
    v[1] = k.db;
    v[3] = k.kind;
    v[4] = this.patternBase + k.pattern;
    v[5] = k.bytes;
    v[6] = k.heapBytes;
    v[7] = k.serializedBytes;
    v[8] = k.payloadBytes;
    v[9] = k.elements < 0 ? Number.NaN : k.elements;
    v[10] = k.largestBytes;
    v[11] = k.hasExpiry ? k.expiresAt : Number.NaN;
    v[12] = k.idleSeconds < 0 ? Number.NaN : k.idleSeconds;
    v[13] = k.freq < 0 ? Number.NaN : k.freq;
    v[14] = k.slot;
    v[15] = k.accuracy;
    const id = this.idBase + k.recordOffset;
    if (this.hash === undefined) {
      const keyIsText = records.keyIsPlain || isText(records.key, k.nameBytes);
      rows.add(id, records.key, k.nameBytes, keyIsText);
    } else {
      const name = this.hash.bytes(records.key, k.nameBytes);
      rows.add(id, name, name.length, true);
    }
  }

  result(): ReadResult {
    this.rows?.flush();
    return {
      rows: this.rows?.rows ?? 0,
      leaves: this.rows?.leaves ?? { maxIds: [], pages: [], overflow: [] },
      certain: this.certain.result(),
      drawn: this.drawn?.result(),
      patterns: this.patterns.export(),
      damages: this.damages,
      lost: this.input.lost,
    };
  }

  close(): void {
    this.input.close();
    if (this.fd !== undefined) fs.closeSync(this.fd);
  }
}
