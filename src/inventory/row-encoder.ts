import { instantiate, type WithMemory } from "../../parsers/wasm.ts";
import { CODE } from "./rows-code.ts";

interface Exports extends WithMemory {
  readonly encode: Encode;
}

type Encode = (
  id: number,
  end: number,
  columns: number,
  column: number,
  bytes: number,
  kind: number,
  gap: number,
) => number;

/** As rows.wat has them. */
const PLACES_AT = 284;
const TYPES_AT = 292;
const BODY_BYTES_AT = 356;
const CELLS_AT = 512;
const MAX_COLUMNS = 32;

/** Record-format serial types of integers by their bits besides the sign, and of texts and blobs without bytes (file format, 2.1). */
const INTEGER_TYPES = Array.from(
  { length: 64 },
  (_, bits) => [7, 15, 23, 31, 47, 63].findIndex((most) => bits <= most) + 1,
);
const BODY_BYTES = [0, 1, 2, 3, 4, 6, 8, 0, 0, 0];
const BLOB = 12;
const TEXT = 13;

/** Most that a cell of so many columns takes besides its text or blob: four varints, a type and eight bytes a column. */
export function cellBytesBeside(columns: number): number {
  return 4 * 9 + columns * 9;
}

/** Encodes rows of one table as cells of leaf pages, from their ends to their beginnings, in WebAssembly. */
export class RowEncoder {
  /** Values of the integer columns; NaN is NULL. At the column of the text or blob it means nothing. */
  readonly integers: Float64Array;
  /** Where cells are put: positions are indexes of it. */
  readonly cells: Uint8Array;
  private readonly run: Encode;
  private readonly places: Int32Array;
  private readonly column: number;

  /** `columns` counts all columns, 32 at most; the text or blob stands at `column`. */
  constructor(columns: number, column: number) {
    if (columns > MAX_COLUMNS) throw new RangeError(`${columns} columns: at most ${MAX_COLUMNS}`);
    const exports = instantiate<Exports>(CODE);
    const { buffer } = exports.memory;
    this.run = exports.encode;
    this.integers = new Float64Array(buffer, 0, columns).fill(Number.NaN);
    this.places = new Int32Array(buffer, PLACES_AT, 2);
    this.cells = new Uint8Array(buffer, CELLS_AT);
    this.column = column;
    new Uint8Array(buffer).set(INTEGER_TYPES, TYPES_AT);
    new Uint8Array(buffer).set(BODY_BYTES, BODY_BYTES_AT);
  }

  /**
   * Puts the cell of a row so that it ends at `end`, with `gap` bytes at `textAt` for the text or blob, which has `bytes` bytes.
   * Returns where it begins.
   */
  encode(id: number, end: number, bytes: number, isText: boolean, gap: number): number {
    const { run, integers, column } = this;
    return run(id, end + CELLS_AT, integers.length, column, bytes, isText ? TEXT : BLOB, gap) - CELLS_AT;
  }

  /** Where the record of the last cell begins, behind its size and id. */
  get recordAt(): number {
    return this.places[0]! - CELLS_AT;
  }

  /** Where the text or blob of the last cell goes. */
  get textAt(): number {
    return this.places[1]! - CELLS_AT;
  }
}
