import { isUnfiltered } from "../queries/filters.ts";
import type { DiffSide } from "./rollup-diff.ts";
import { idTable, KIND_BITS, PATTERN_BITS, type SideRows } from "./rows.ts";

/** A type with its encoding, as both sides number it. Null: an inventory that somebody changed does not say. */
interface SharedKind {
  readonly type: string | null;
  readonly encoding: string | null;
  readonly module: string | null;
}

/** What both sides' ids of kinds and patterns stand for, by the numbers that they share. */
export interface SharedIds {
  readonly kinds: readonly SharedKind[];
  readonly patterns: readonly (string | null)[];
}

interface KindRow extends SharedKind {
  readonly id: number;
}

/** Gives kinds and patterns of both sides numbers that they share, and opens the rows of each. Who calls closes them. */
export class SharedNames implements SharedIds {
  readonly kinds: SharedKind[] = [{ type: null, encoding: null, module: null }];
  readonly patterns: (string | null)[] = [null];
  private readonly kindNumbers = new Map<string, number>();
  private readonly patternNumbers = new Map<string, number>();

  /** Numbers what a side has. @throws {IoError} when its rows cannot be read */
  sideRows(side: DiffSide): SideRows {
    const { inventory, filters } = side[0]!;
    const kindRows = inventory.all<KindRow>("SELECT id, type, encoding, module FROM kinds");
    const kinds = new Int32Array(Math.max(0, ...kindRows.map(({ id }) => id)) + 1);
    for (const { id, ...kind } of kindRows) kinds[id] = this.kindNumber(kind);
    const patternRows = inventory.all<{ id: number; pattern: string }>("SELECT id, pattern FROM pattern_ids");
    const patterns = idTable(
      patternRows.map(({ id }) => id),
      (i) => this.patternNumber(patternRows[i]!.pattern),
    );
    const { count } = inventory.get<{ count: number }>("SELECT count(*) AS count FROM snapshots")!;
    return {
      file: inventory.openRows("pages"),
      kinds,
      patterns,
      snapshots: side.map(({ snapshot: s }) => ({ id: s.snapshot, createdAt: s.created_at })),
      isAll: side.length === count,
      filter: isUnfiltered(filters) ? {} : filters,
      wanted: new Uint8Array(0),
    };
  }

  /** Which kinds are looked at: known when both sides have told theirs. */
  wanted(types: readonly string[] | undefined): Uint8Array {
    const isWanted = ({ type, module }: SharedKind) =>
      types === undefined || types.includes(type ?? "") || (module !== null && types.includes("module"));
    return Uint8Array.from(this.kinds, (kind) => Number(isWanted(kind)));
  }

  private kindNumber(kind: SharedKind): number {
    const text = JSON.stringify([kind.type, kind.encoding, kind.module]);
    return numbered(this.kindNumbers, this.kinds, text, kind, 2 ** KIND_BITS);
  }

  private patternNumber(pattern: string): number {
    return numbered(this.patternNumbers, this.patterns, pattern, pattern, 2 ** PATTERN_BITS);
  }
}

/** The number of a text, a new one if need be; 0 when there are too many. */
function numbered<T>(known: Map<string, number>, list: T[], text: string, item: T, limit: number): number {
  const before = known.get(text);
  if (before !== undefined) return before;
  if (list.length === limit) return 0;
  known.set(text, list.length);
  return list.push(item) - 1;
}

/** By number, a number for each different text that kinds have for something. */
export function textNumbers(
  kinds: readonly SharedKind[],
  of: (kind: SharedKind) => string | null,
): Int32Array {
  const texts = [...new Set(kinds.map(of))];
  return Int32Array.from(kinds, (kind) => texts.indexOf(of(kind)));
}
