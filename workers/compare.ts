import { type ComparedKey, Tally } from "../src/compare/tally.ts";
import { NameHash } from "../src/inventory/name-hash.ts";
import { TYPE, targetOf, ValueMeter } from "../src/memory/index.ts";
import { compileFilter } from "../src/pipeline/filter.ts";
import { began } from "./began.ts";
import { ChunkRecords, type ChunkWorker, noteDamage, takeChunks } from "./chunks.ts";
import { PlacedPatterns } from "./placed-patterns.ts";
import type {
  Answer,
  ChunkDone,
  ChunkOrder,
  ChunkTask,
  CompareResult,
  CompareTask,
  Damages,
} from "./protocol.ts";

/** Sizes the keys of the chunks it is given on all targets; returns what they add up to. */
export default function compare(task: ChunkTask & CompareTask): Promise<Answer<CompareResult>> {
  began();
  return takeChunks(task, () => new ChunkComparer(task));
}

class ChunkComparer implements ChunkWorker<CompareResult> {
  private readonly createdAt: number;
  private readonly input: ChunkRecords;
  private readonly meter: ValueMeter;
  private readonly patterns: PlacedPatterns;
  private readonly tally: Tally;
  private readonly filter;
  private readonly bySlot: boolean;
  private readonly hash: NameHash | undefined;
  private readonly damages: Damages = { first: [], count: 0 };
  private readonly key: ComparedKey & { bytes: number } = {
    db: 0,
    type: 0,
    pattern: 0,
    nameBytes: 0,
    bytes: 0,
    hasExpiry: false,
    expiresAt: 0,
    expired: false,
    expiringFields: false,
    slot: 0,
    damaged: false,
    recordOffset: 0,
  };

  constructor(task: ChunkTask & CompareTask) {
    const [first, ...others] = task.targets.map(targetOf);
    this.createdAt = task.createdAt;
    this.hash = task.nameSecret === undefined ? undefined : new NameHash(task.nameSecret);
    this.patterns = new PlacedPatterns(task.patterns);
    this.meter = new ValueMeter([first!, ...others]);
    this.input = new ChunkRecords(task, this.meter);
    this.input.records.useBuffer(this.patterns.nameBuffer);
    this.bySlot = [first!, ...others].some(({ config }) => config.clusterEnabled);
    const { slotsOf: patterns = [], largest } = task;
    const wanted = patterns.length === 0 ? undefined : { patterns, hashed: this.hash !== undefined };
    this.tally = new Tally(this.meter.bills, largest, this.bySlot, wanted);
    this.filter = compileFilter(task.filter, task.createdAt);
  }

  read(order: NonNullable<ChunkOrder>): ChunkDone {
    this.patterns.add(order.models);
    return this.input.each(order, this.record);
  }

  private readonly record = (): void => {
    const { meter, key: k } = this;
    const { records } = this.input;
    k.db = records.db;
    k.type = meter.type < 0 ? TYPE.string : meter.type;
    k.nameBytes = records.keyLength;
    k.hasExpiry = records.hasExpiry;
    k.expiresAt = records.expiresAt;
    meter.size(k.nameBytes, k.hasExpiry);
    k.bytes = meter.bills[0]!.bytes;
    if (!this.filter.everything && !this.filter.accepts(k, records.key, meter)) return;
    k.expired = k.hasExpiry && k.expiresAt <= this.createdAt;
    k.expiringFields = meter.stats.fieldsWithExpiry > 0;
    k.recordOffset = records.recordOffset;
    k.pattern = this.patterns.classify(records.key, k.nameBytes, k.recordOffset);
    k.slot = this.patterns.slot;
    k.damaged = records.damage !== undefined;
    if (k.damaged) noteDamage(this.damages, records, this.hash);
    this.tally.add(k, records.key);
  };

  result(): CompareResult {
    return { tally: this.tally.export(), patterns: this.patterns.export(), damages: this.damages };
  }

  close(): void {
    this.input.close();
  }
}
