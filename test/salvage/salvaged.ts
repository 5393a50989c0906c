import { RdbError } from "../../parsers/errors.ts";
import { type RdbHeader, readHeader } from "../../parsers/header.ts";
import { RecordReader } from "../../parsers/records.ts";
import { findGaps, type Gap } from "../../parsers/salvage/gaps.ts";
import { type SnapshotFacts, Splitter } from "../../parsers/splitter.ts";
import { TemplateStore } from "../../parsers/templates.ts";
import { IGNORE_ALL } from "../../parsers/visitor.ts";
import { memorySource } from "../support/read-snapshot.ts";

const SIZES = { windowBytes: 2 ** 16, chunkBytes: 2 ** 16 };

/** What is read of a damaged snapshot, the way the threads do it. */
export interface SalvagedBytes {
  readonly gaps: readonly Gap[];
  readonly facts: SnapshotFacts;
  /** Record ranges, by `db:name`; bytes of names are characters. */
  readonly records: ReadonlyMap<string, readonly [start: number, end: number]>;
  /** Records of which only the name is lost. */
  readonly nameless: readonly (readonly [start: number, end: number])[];
  /** What was read of the source to find the gaps, all reads together. */
  readonly lookedAtBytes: number;
}

/** Salvages a snapshot in memory. `header`: of one whose own is damaged. @throws {RdbError} when its header cannot be read */
export function salvageBytes(bytes: Uint8Array, header?: RdbHeader): SalvagedBytes {
  const whole = memorySource(bytes);
  let lookedAtBytes = 0;
  const counting: typeof whole = {
    size: whole.size,
    read(...args) {
      const got = whole.read(...args);
      lookedAtBytes += got;
      return got;
    },
  };
  const head = header ?? readHeader(whole);
  const gaps = findGaps(counting, head);
  const splitter = new Splitter(whole, head, { ...SIZES, gaps });
  const templates = new TemplateStore();
  const reader = new RecordReader(SIZES.windowBytes, IGNORE_ALL);
  reader.values.templates = templates;
  const records = new Map<string, readonly [number, number]>();
  const nameless: (readonly [number, number])[] = [];
  const next = () => {
    for (;;) {
      try {
        return reader.next();
      } catch (error) {
        const end = error instanceof RdbError ? reader.stepOver() : undefined;
        if (end === undefined) throw error;
        nameless.push([reader.recordOffset, end]);
      }
    }
  };
  let known = 0;
  for (let chunk = splitter.next(); chunk !== undefined; chunk = splitter.next()) {
    templates.add(splitter.facts.templates.slice(known));
    known = splitter.facts.templates.length;
    if (chunk.lost === true) continue;
    reader.begin(whole, head, chunk);
    while (next()) {
      const name = Buffer.from(reader.key.buffer, 0, reader.keyLength).toString("latin1");
      const { recordOffset: start, recordBytes } = reader;
      records.set(`${reader.db}:${name}`, [start, start + recordBytes]);
    }
  }
  return { gaps, facts: splitter.facts, records, nameless, lookedAtBytes };
}
