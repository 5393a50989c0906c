import type { Section } from "./answer.ts";
import { bigkeysSections } from "./bigkeys.ts";
import { efficiencySections } from "./efficiency.ts";
import { ENCODING_COLUMNS, encodings } from "./encodings.ts";
import { hotkeysSections } from "./hotkeys.ts";
import { memkeysSections } from "./memkeys.ts";
import { notesOf } from "./notes.ts";
import { paretoSections } from "./pareto.ts";
import { PATTERN_TREE_COLUMNS, patternTree } from "./pattern-tree.ts";
import { PATTERN_COLUMNS, type PatternOrder, patterns } from "./patterns.ts";
import { estimateColumns } from "./sampling.ts";
import type { Scope } from "./scope.ts";
import { sizesSections } from "./sizes.ts";
import { slotsSections } from "./slots.ts";
import { ttlSections } from "./ttl.ts";
import { TYPE_COLUMNS, types } from "./types.ts";

/** What a question may be asked besides its scope; each knows what is meant for it. */
export interface QuestionOptions {
  readonly largest: number;
  readonly order: PatternOrder;
  /** Milliseconds since the epoch that spans of time begin at. */
  readonly now?: number | undefined;
  /** A table for each type. */
  readonly byType?: boolean | undefined;
  /** A row for each pattern. */
  readonly byPattern?: boolean | undefined;
  readonly nodes?: number | undefined;
  readonly tags?: boolean | undefined;
  readonly exact?: boolean | undefined;
  /** Levels of a tree. */
  readonly depth: number;
}

/** Every question whose answer is tables. A new one: a file, and a line here. */
export const QUESTIONS = {
  types: (scope) => [
    {
      name: "types",
      title: "By type",
      columns: estimateColumns(scope, TYPE_COLUMNS),
      rows: types(scope),
      notes: notesOf(scope),
    },
  ],
  encodings: (scope) => [
    {
      name: "encodings",
      title: "By encoding",
      columns: estimateColumns(scope, ENCODING_COLUMNS),
      rows: encodings(scope),
      notes: notesOf(scope),
    },
  ],
  patterns: (scope, { largest, order }) => {
    const { rows, rest } = patterns(scope, largest, order);
    const columns = estimateColumns(scope, PATTERN_COLUMNS);
    const section = { name: "patterns", title: "By pattern", columns, rows };
    return [{ ...section, ...(rest && { rest }), notes: notesOf(scope) }];
  },
  patternTree: (scope, { largest, depth }) => [
    {
      name: "pattern_tree",
      title: "By prefix of patterns",
      columns: PATTERN_TREE_COLUMNS,
      rows: patternTree(scope, depth, largest),
      notes: notesOf(scope),
    },
  ],
  ttl: ttlSections,
  bigkeys: bigkeysSections,
  memkeys: memkeysSections,
  sizes: sizesSections,
  slots: slotsSections,
  hotkeys: hotkeysSections,
  efficiency: efficiencySections,
  pareto: paretoSections,
} as const satisfies Record<string, (scope: Scope, options: QuestionOptions) => Section[]>;

export type QuestionName = keyof typeof QUESTIONS;
