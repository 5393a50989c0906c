import {
  Binary,
  Bool,
  type Data,
  type DataType,
  Dictionary,
  Field,
  Float64,
  Int32,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimestampMillisecond,
  tableToIPC,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import type { ColumnType, DatasetColumn } from "./tables.ts";

/** Values of a column in a batch: numbers, timestamps and dictionary indexes as they are; texts as their bytes. */
export interface ColumnValues {
  readonly values: Int32Array | BigInt64Array | Float64Array | Uint8Array;
  /** Bits of the rows that have a value; undefined: all have. */
  readonly valid?: Uint8Array | undefined;
  /** Where each value of BINARY begins in `values`, and the last one ends. */
  readonly offsets?: Int32Array;
}

/** Texts of a STRING column; its values are indexes of them. */
export type Dictionaries = Readonly<Record<string, readonly string[]>>;

const TYPES: Readonly<Record<Exclude<ColumnType, "STRING">, () => DataType>> = {
  BINARY: () => new Binary(),
  INT32: () => new Int32(),
  INT64: () => new Int64(),
  DOUBLE: () => new Float64(),
  BOOLEAN: () => new Bool(),
  TIMESTAMP: () => new TimestampMillisecond("UTC"),
};

const EMPTY: Readonly<Record<Exclude<ColumnType, "BINARY">, ColumnValues["values"]>> = {
  STRING: new Int32Array(0),
  INT32: new Int32Array(0),
  INT64: new BigInt64Array(0),
  DOUBLE: new Float64Array(0),
  BOOLEAN: new Uint8Array(0),
  TIMESTAMP: new BigInt64Array(0),
};

/** Makes Arrow record batches of a table, one after the other. */
export class Batches {
  private readonly columns: readonly DatasetColumn[];
  private readonly schema: Schema;
  private readonly dictionaries: ReadonlyMap<string, Vector>;

  constructor(columns: readonly DatasetColumn[], dictionaries: Dictionaries) {
    this.columns = columns;
    this.schema = new Schema(
      columns.map(({ name, type, nullable }, i) => {
        const arrow = type === "STRING" ? new Dictionary(new Utf8(), new Int32(), i) : TYPES[type]();
        return new Field(name, arrow, nullable);
      }),
    );
    this.dictionaries = new Map(
      Object.entries(dictionaries).map(([name, texts]) => [name, vectorFromArray(texts, new Utf8())]),
    );
  }

  /** A batch of `rows` rows as an Arrow IPC stream of its own. */
  encode(rows: number, of: (column: DatasetColumn) => ColumnValues): Uint8Array {
    const children = this.columns.map((column, i) =>
      this.data(this.schema.fields[i]!.type, rows, column, of(column)),
    );
    const type = new Struct(this.schema.fields);
    const batch = new RecordBatch(this.schema, makeData({ type, length: rows, nullCount: 0, children }));
    return tableToIPC(new Table(this.schema, [batch]), "stream");
  }

  /** A stream of a batch without rows: schema and dictionaries. */
  opening(): Uint8Array {
    const none = { values: new Uint8Array(0), offsets: new Int32Array(1) };
    return this.encode(0, ({ type }) => (type === "BINARY" ? none : { values: EMPTY[type] }));
  }

  private data(
    type: DataType,
    length: number,
    column: DatasetColumn,
    { values, valid, offsets }: ColumnValues,
  ): Data {
    const given = {
      type,
      length,
      data: values,
      nullCount: valid === undefined ? 0 : -1,
      ...(valid === undefined ? {} : { nullBitmap: valid }),
      ...(offsets === undefined ? {} : { valueOffsets: offsets }),
      ...(column.type === "STRING" ? { dictionary: this.dictionaries.get(column.name)! } : {}),
    };
    return makeData(given as Parameters<typeof makeData>[0]);
  }
}
