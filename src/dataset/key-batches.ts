import { IoError } from "../errors.ts";
import { RowColumns, type RowRange } from "../inventory/row-columns.ts";
import type { RowFile } from "../inventory/row-pages.ts";
import { BatchMessage, type Region } from "./batch-message.ts";
import type { KeyIds } from "./ids.ts";
import { type DatasetColumn, LATEST_MS, TABLES } from "./tables.ts";

/** Rows of a batch: few enough that its columns stay in a processor's cache. */
const BATCH_ROWS = 32_768;
/** Columns of the inventory that are read, and not written. */
const IDS = ["kind_id", "pattern_id"];
/** Columns that are made of these, or of others. */
const MADE = [
  { name: "type", bytes: 4, nullable: false },
  { name: "encoding", bytes: 4, nullable: false },
  { name: "module", bytes: 4, nullable: true },
  { name: "pattern", bytes: 4, nullable: false },
  { name: "expired", bytes: 0, nullable: false },
];
const WIDTHS: Readonly<Record<Exclude<DatasetColumn["type"], "BINARY">, (rows: number) => number>> = {
  STRING: (rows) => rows * 4,
  INT32: (rows) => rows * 4,
  INT64: (rows) => rows * 8,
  DOUBLE: (rows) => rows * 8,
  TIMESTAMP: (rows) => rows * 8,
  BOOLEAN: (rows) => Math.ceil(rows / 8),
};

/**
 * Key rows as Arrow batches: columns are messages as they are where they were decoded, and are copied by who reads them alone.
 */
export class KeyBatches {
  private readonly rows: RowColumns;
  private readonly file: RowFile;
  private readonly ids: KeyIds;
  private readonly createdAt: number;
  private readonly message: BatchMessage;

  /** `file` and `before` are as `RowColumns` has them; the snapshot was made at `createdAt`, in milliseconds since the epoch. */
  constructor(file: RowFile, before: Int32Array, ids: KeyIds, createdAt: number) {
    this.file = file;
    this.ids = ids;
    this.createdAt = createdAt;
    this.message = new BatchMessage(TABLES.keys, ids.dictionaries);
    const around = { first: IDS, room: this.message.headBytes, extra: MADE };
    this.rows = new RowColumns(file, before, BATCH_ROWS, around);
  }

  /**
   * The rows of a range; each batch is an Arrow IPC stream, whose last batch it is, and holds until the next one.
   * @throws {IoError} when the file is damaged
   */
  *of(range: RowRange): Generator<Uint8Array> {
    for (const rows of this.rows.batches(range)) {
      this.lookUp();
      rows.cap("expires_at", LATEST_MS);
      rows.mark("expired", "expires_at", this.createdAt);
      const { memory, columnsAt: at } = rows;
      yield this.message.around(memory, at, rows.namesEnd, rows.rows, (column) => this.regions(column));
    }
  }

  /** Where a column stands. */
  private regions({ name, type, nullable }: DatasetColumn): Region[] {
    const { rows } = this;
    if (type === "BINARY") {
      return [
        { at: 0, bytes: 0 },
        { at: rows.offsetsAt, bytes: (rows.rows + 1) * 4 },
        { at: rows.namesAt, bytes: rows.namesEnd - rows.namesAt },
      ];
    }
    const { values, valid } = rows.place(name);
    return [
      { at: valid, bytes: nullable ? Math.ceil(rows.rows / 8) : 0 },
      { at: values, bytes: WIDTHS[type](rows.rows) },
    ];
  }

  /** Finds the texts of kinds and patterns. */
  private lookUp(): void {
    const { rows, ids } = this;
    const count = rows.rows;
    const kinds = rows.narrow("kind_id");
    const patterns = rows.narrow("pattern_id");
    const accuracies = rows.narrow("accuracy");
    const [type, encoding, module, pattern] = ["type", "encoding", "module", "pattern"].map((name) =>
      rows.narrow(name),
    ) as [Int32Array, Int32Array, Int32Array, Int32Array];
    const { valid } = rows.place("module");
    const hasModule = rows.memory.subarray(valid, valid + Math.ceil(count / 8)).fill(0);
    let unknown = 0;
    for (let i = 0; i < count; i++) {
      const kind = kinds[i]!;
      const module_ = ids.modules[kind] ?? -1;
      if (module_ >= 0) hasModule[i >> 3]! |= 1 << (i & 7);
      type[i] = ids.types[kind] ?? -1;
      encoding[i] = ids.encodings[kind] ?? -1;
      module[i] = Math.max(module_, 0);
      pattern[i] = ids.pattern(patterns[i]!);
      unknown |= type[i]! | encoding[i]! | pattern[i]! | accuracies[i]! | (3 - accuracies[i]!);
    }
    if (unknown < 0) {
      throw new IoError(
        `${this.file.name} is a damaged inventory (a row's type or pattern is not in it): analyze the snapshot again`,
      );
    }
  }
}
