import { type RowFile, RowReader } from "../inventory/row-pages.ts";
import { SNAPSHOT_ID_SHIFT } from "../inventory/schema.ts";
import { type CompiledFilter, compileFilter, type KeyFilter } from "../pipeline/filter.ts";

/** Bits of a kind's number, and of a pattern's, that both sides share. */
export const KIND_BITS = 14;
export const PATTERN_BITS = 17;
/** Leaves that a thread takes at a time. */
export const UNIT_LEAVES = 64;

/** The rows of one side, and how its ids become numbers that both sides share. Structured-cloneable. */
export interface SideRows {
  readonly file: RowFile;
  /** By kind id; 0: unknown. */
  readonly kinds: Int32Array;
  readonly patterns: IdTable;
  /** Which snapshots of the file, by id, and when each was made. */
  readonly snapshots: readonly { readonly id: number; readonly createdAt: number }[];
  /** Whether the file holds no other snapshots. */
  readonly isAll: boolean;
  /** Which keys are looked at; types are decided by `wanted`. */
  readonly filter: KeyFilter;
  /** 1 for each shared kind that is looked at. */
  readonly wanted: Uint8Array;
}

/** Ids to numbers above 0: an open hash table. Structured-cloneable. */
export interface IdTable {
  readonly ids: Float64Array;
  readonly numbers: Int32Array;
}

/** Makes a table of ids that `numberOf` gives their numbers. */
export function idTable(ids: readonly number[], numberOf: (index: number) => number): IdTable {
  const size = 2 ** Math.ceil(Math.log2(Math.max(4, ids.length * 2)));
  const table = {
    ids: new Float64Array(new SharedArrayBuffer(size * 8)),
    numbers: new Int32Array(new SharedArrayBuffer(size * 4)),
  };
  for (const [i, id] of ids.entries()) {
    let at = slotOf(id, size);
    while (table.numbers[at] !== 0) at = (at + 1) & (size - 1);
    table.ids[at] = id;
    table.numbers[at] = numberOf(i);
  }
  return table;
}

function slotOf(id: number, size: number): number {
  return (Math.imul(id | 0, 0x9e3779b1) >>> 7) & (size - 1);
}

/** The number of an id; 0 where it has none. */
function numberOf({ ids, numbers }: IdTable, id: number): number {
  const size = ids.length;
  let at = slotOf(id, size);
  while (numbers[at] !== 0) {
    if (ids[at] === id) return numbers[at]!;
    at = (at + 1) & (size - 1);
  }
  return 0;
}

const KNOWN = 1024;

/** Reads the rows of a side that are looked at. */
export class SideReader {
  readonly row: RowReader;
  /** Shared numbers of the row's kind and pattern. */
  kind = 0;
  pattern = 0;
  private readonly side: SideRows;
  private readonly filters = new Map<number, CompiledFilter>();
  private readonly module = { moduleHigh: 0, moduleLow: 0 };
  private readonly filtered = { db: 0, type: 0, bytes: 0, nameBytes: 0, hasExpiry: false, expiresAt: 0 };
  private readonly isPlain: boolean;
  /** Patterns that were looked up last, by their lowest bits. */
  private readonly knownIds = new Float64Array(KNOWN).fill(Number.NaN);
  private readonly knownNumbers = new Int32Array(KNOWN);

  constructor(side: SideRows) {
    this.side = side;
    this.row = new RowReader(side.file);
    const { types: _, ...filter } = side.filter;
    for (const { id, createdAt } of side.snapshots) this.filters.set(id, compileFilter(filter, createdAt));
    const everything = [...this.filters.values()].every((one) => one.everything);
    this.isPlain = side.isAll && everything && side.wanted.every((wanted) => wanted === 1);
  }

  /** Units of leaves that the side has. */
  static units({ file }: SideRows): number {
    return Math.ceil(file.leaves.length / UNIT_LEAVES);
  }

  /** Calls `take` for each row of a unit that is looked at. */
  each(unit: number, take: () => void): void {
    const { row, side, isPlain } = this;
    const from = unit * UNIT_LEAVES;
    row.each(from, Math.min(from + UNIT_LEAVES, side.file.leaves.length), () => {
      this.kind = side.kinds[row.kind] ?? 0;
      const at = row.pattern & (KNOWN - 1);
      if (this.knownIds[at] !== row.pattern) {
        this.knownIds[at] = row.pattern;
        this.knownNumbers[at] = numberOf(side.patterns, row.pattern);
      }
      this.pattern = this.knownNumbers[at]!;
      if (isPlain || this.isWanted()) take();
    });
  }

  private isWanted(): boolean {
    const { row, side, filtered: k } = this;
    const filter = this.filters.get(Math.floor(row.id / SNAPSHOT_ID_SHIFT) + 1);
    if (filter === undefined || side.wanted[this.kind] !== 1) return false;
    if (filter.everything) return true;
    k.db = row.db;
    k.bytes = row.bytes;
    k.nameBytes = row.keyBytes;
    k.hasExpiry = !Number.isNaN(row.expiresAt);
    k.expiresAt = row.expiresAt;
    return filter.accepts(k, row.page.subarray(row.keyStart, row.keyStart + row.keyBytes), this.module);
  }
}
