import type { Inventory } from "../inventory/open.ts";
import { patternBase } from "../inventory/pattern-ids.ts";
import { ACCURACY } from "../inventory/schema.ts";
import type { Dictionaries } from "./arrow.ts";

const UNKNOWN = -1;

interface KindRow {
  readonly id: number;
  readonly type: string;
  readonly encoding: string;
  readonly module: string | null;
}

/** What ids of kinds and patterns stand for in the rows of one snapshot: indexes of texts, -1 where there is none. */
export class KeyIds {
  /** Texts of the columns `type`, `encoding`, `module`, `accuracy` and `pattern`. */
  readonly dictionaries: Dictionaries;
  /** By kind id. */
  readonly types: Int32Array;
  readonly encodings: Int32Array;
  readonly modules: Int32Array;
  /** An open hash table: the lowest 32 bits of ids, which tell patterns of one snapshot apart, and indexes. */
  private readonly slots: Int32Array;
  private readonly indexes: Int32Array;

  constructor(inventory: Inventory, snapshot: number) {
    const kinds = inventory.all<KindRow>(
      "SELECT id, type, encoding, module FROM kinds WHERE id BETWEEN 0 AND 65535",
    );
    const patterns = inventory.all<{ id: number; pattern: string }>(
      "SELECT id, pattern FROM pattern_ids WHERE id >= @from AND id < @to",
      { from: patternBase(snapshot, 0), to: patternBase(snapshot + 1, 0) },
    );
    const texts = (all: readonly (string | null)[]) =>
      [...new Set(all.filter((text) => text !== null))].sort();
    this.dictionaries = {
      type: texts(kinds.map(({ type }) => type)),
      encoding: texts(kinds.map(({ encoding }) => encoding)),
      module: texts(kinds.map(({ module }) => module)),
      accuracy: ACCURACY,
      pattern: texts(patterns.map(({ pattern }) => pattern)),
    };
    const byKind = (of: (kind: KindRow) => string | null, names: readonly string[]) => {
      const numbers = numbersOf(names);
      const indexes = new Int32Array(Math.max(-1, ...kinds.map(({ id }) => id)) + 1).fill(UNKNOWN);
      for (const kind of kinds) indexes[kind.id] = numbers.get(of(kind)) ?? UNKNOWN;
      return indexes;
    };
    this.types = byKind(({ type }) => type, this.dictionaries.type!);
    this.encodings = byKind(({ encoding }) => encoding, this.dictionaries.encoding!);
    this.modules = byKind(({ module }) => module, this.dictionaries.module!);
    const size = 2 ** Math.ceil(Math.log2(Math.max(4, patterns.length * 2)));
    this.slots = new Int32Array(size);
    this.indexes = new Int32Array(size).fill(UNKNOWN);
    const numbers = numbersOf(this.dictionaries.pattern!);
    for (const { id, pattern } of patterns) {
      const at = this.slotOf(id | 0);
      this.slots[at] = id | 0;
      this.indexes[at] = numbers.get(pattern)!;
    }
  }

  /** Index of a pattern by the lowest 32 bits of its id; -1: there is none. */
  pattern(id: number): number {
    return this.indexes[this.slotOf(id)]!;
  }

  private slotOf(id: number): number {
    const { slots, indexes } = this;
    const mask = slots.length - 1;
    let at = (Math.imul(id, 0x9e3779b1) >>> 7) & mask;
    while (slots[at] !== id && indexes[at] !== UNKNOWN) at = (at + 1) & mask;
    return at;
  }
}

function numbersOf(texts: readonly string[]): Map<string | null, number> {
  return new Map(texts.map((text, i) => [text, i]));
}
