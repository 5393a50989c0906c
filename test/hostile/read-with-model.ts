import { RdbError } from "../../parsers/errors.ts";
import { readHeader } from "../../parsers/header.ts";
import { RecordReader } from "../../parsers/records.ts";
import { type SnapshotFacts, Splitter } from "../../parsers/splitter.ts";
import { TemplateStore } from "../../parsers/templates.ts";
import { PROFILES, type ProfileName, targetOf, ValueMeter } from "../../src/memory/index.ts";
import { memorySource } from "../support/read-snapshot.ts";

const WINDOW_BYTES = 2 ** 21;
const targets = (Object.keys(PROFILES) as ProfileName[]).map((profile) =>
  targetOf({ profile, allocator: PROFILES[profile].allocator, config: {}, loadedAt: 1.7e12 }),
);
const meter = new ValueMeter(targets as [(typeof targets)[0]], { captureLargest: true });
const reader = new RecordReader(WINDOW_BYTES, meter);

/** What came of a snapshot. */
export interface Read {
  /** `rows`, or the code of the damage that ended the reading. */
  readonly outcome: string;
  readonly keys: number;
  /** Codes of what is wrong inside values. */
  readonly damages: readonly string[];
  readonly facts: SnapshotFacts;
  /** Largest figure of any key on any server. */
  readonly largestBytes: number;
  /** What was read of the source, all reads together. */
  readonly readBytes: number;
  /** What the process holds more than before. */
  readonly heldBytes: number;
}

function heldNow(): number {
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

/** Reads a snapshot as a worker does, and sizes each key for every server there is. */
export function readWithModel(bytes: Uint8Array): Read {
  const inner = memorySource(bytes);
  let readBytes = 0;
  const source: typeof inner = {
    size: inner.size,
    read(...args) {
      const got = inner.read(...args);
      readBytes += got;
      return got;
    },
  };
  const header = readHeader(source);
  const splitter = new Splitter(source, header, { windowBytes: WINDOW_BYTES, chunkBytes: 2 ** 20 });
  const templates = new TemplateStore();
  reader.values.templates = templates;
  const before = heldNow();
  const damages: string[] = [];
  let outcome = "rows";
  let keys = 0;
  let largestBytes = 0;
  try {
    let known = 0;
    for (let chunk = splitter.next(); chunk !== undefined; chunk = splitter.next()) {
      templates.add(splitter.facts.templates, known);
      known = splitter.facts.templates.length;
      reader.begin(source, header, chunk);
      while (reader.next()) {
        keys++;
        meter.size(reader.keyLength, reader.hasExpiry);
        for (const bill of meter.bills) largestBytes = Math.max(largestBytes, bill.bytes, bill.heapBytes);
        if (reader.damage !== undefined) damages.push(reader.damage.code);
      }
    }
  } catch (error) {
    if (!(error instanceof RdbError)) throw error;
    outcome = error.code;
  }
  const heldBytes = heldNow() - before;
  return { outcome, keys, damages, facts: splitter.facts, largestBytes, readBytes, heldBytes };
}
