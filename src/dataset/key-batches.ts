import { IoError } from "../errors.ts";
import { RowColumns, type RowRange } from "../inventory/row-columns.ts";
import type { RowFile } from "../inventory/row-pages.ts";
import { Batches, type ColumnValues } from "./arrow.ts";
import type { KeyIds } from "./ids.ts";
import { TABLES } from "./tables.ts";

/** Rows of a batch: few enough that its columns stay in a processor's cache. */
const BATCH_ROWS = 16_384;

/** What is needed of a snapshot besides its rows. */
export interface KeyFacts {
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Of a sample: records of fewer bytes stand for `weight` keys each. */
  readonly certainBytes: number | null;
  readonly weight: number | null;
}

/** Key rows as Arrow batches. */
export class KeyBatches {
  private readonly rows: RowColumns;
  private readonly file: RowFile;
  private readonly ids: KeyIds;
  private readonly facts: KeyFacts;
  private readonly batches: Batches;
  private readonly indexes = {
    type: new Int32Array(BATCH_ROWS),
    encoding: new Int32Array(BATCH_ROWS),
    module: new Int32Array(BATCH_ROWS),
    pattern: new Int32Array(BATCH_ROWS),
  };
  private readonly moduleBits = new Uint8Array(BATCH_ROWS / 8);
  private readonly weights = new Float64Array(BATCH_ROWS).fill(1);

  /** `file` and `before` are as `RowColumns` has them. */
  constructor(file: RowFile, before: Int32Array, ids: KeyIds, facts: KeyFacts) {
    this.file = file;
    this.rows = new RowColumns(file, before, BATCH_ROWS);
    this.ids = ids;
    this.facts = facts;
    this.batches = new Batches(TABLES.keys, ids.dictionaries);
  }

  /** The rows of a range; each batch is an Arrow IPC stream. @throws {IoError} when the file is damaged */
  *of(range: RowRange): Generator<Uint8Array> {
    for (const { rows } of this.rows.batches(range)) {
      this.lookUp();
      if (this.facts.weight !== null) this.weigh(this.facts.weight, this.facts.certainBytes ?? 0);
      yield this.batches.encode(rows, ({ name, type }) => this.column(name, type));
    }
  }

  private column(name: string, type: string): ColumnValues {
    const { rows, indexes } = this;
    const count = rows.rows;
    switch (name) {
      case "key":
        return { values: rows.names, offsets: rows.offsets };
      case "accuracy":
        return { values: rows.narrow(name) };
      case "module":
        return { values: indexes.module.subarray(0, count), valid: this.moduleBits };
      case "expired":
        return { values: rows.atMost("expires_at", this.facts.createdAt) };
      case "weight":
        return { values: this.weights.subarray(0, count) };
      case "type":
      case "encoding":
      case "pattern":
        return { values: indexes[name].subarray(0, count) };
      default: {
        const valid = rows.valid(name);
        return { values: type === "INT32" ? rows.narrow(name) : rows.wide(name), valid };
      }
    }
  }

  /** Finds the texts of kinds and patterns. */
  private lookUp(): void {
    const { rows, ids, indexes, moduleBits } = this;
    const count = rows.rows;
    const kinds = rows.narrow("kind_id");
    const patterns = rows.narrow("pattern_id");
    const accuracies = rows.narrow("accuracy");
    const { type, encoding, module, pattern } = indexes;
    let last = patterns[0]!;
    let index = ids.pattern(last);
    let unknown = 0;
    moduleBits.fill(0);
    for (let i = 0; i < count; i++) {
      const kind = kinds[i]!;
      type[i] = ids.types[kind] ?? -1;
      encoding[i] = ids.encodings[kind] ?? -1;
      const moduleIndex = ids.modules[kind] ?? -1;
      if (moduleIndex >= 0) moduleBits[i >> 3]! |= 1 << (i & 7);
      module[i] = Math.max(moduleIndex, 0);
      if (patterns[i] !== last) {
        last = patterns[i]!;
        index = ids.pattern(last);
      }
      pattern[i] = index;
      unknown |= type[i]! | encoding[i]! | index | accuracies[i]! | (3 - accuracies[i]!);
    }
    if (unknown < 0) {
      throw new IoError(
        `${this.file.name} is a damaged inventory (a row's type or pattern is not in it): analyze the snapshot again`,
      );
    }
  }

  /** As the view `keys` does. */
  private weigh(weight: number, certainBytes: number): void {
    const bytes = this.rows.wide("serialized_bytes");
    for (let i = 0; i < bytes.length; i++) this.weights[i] = Number(bytes[i]!) >= certainBytes ? 1 : weight;
  }
}
