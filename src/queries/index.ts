import type { Section } from "./answer.ts";
import { BIG_KEY_COLUMNS, bigkeys, bigkeysNotes, RANKINGS } from "./bigkeys.ts";
import { ENCODING_COLUMNS, encodings } from "./encodings.ts";
import { notesOf } from "./notes.ts";
import { PATTERN_TREE_COLUMNS, patternTree } from "./pattern-tree.ts";
import { PATTERN_COLUMNS, type PatternOrder, patterns } from "./patterns.ts";
import type { Scope } from "./scope.ts";
import { TTL_COLUMNS, ttl } from "./ttl.ts";
import { TYPE_COLUMNS, types } from "./types.ts";

/** What a question may be asked besides its scope. */
export interface QuestionOptions {
  readonly largest: number;
  readonly order: PatternOrder;
  /** Levels of a tree. */
  readonly depth: number;
}

/** Every question whose answer is tables. A new one: a file, and a line here. */
export const QUESTIONS = {
  types: (scope) => [
    { name: "types", title: "By type", columns: TYPE_COLUMNS, rows: types(scope), notes: notesOf(scope) },
  ],
  encodings: (scope) => [
    {
      name: "encodings",
      title: "By encoding",
      columns: ENCODING_COLUMNS,
      rows: encodings(scope),
      notes: notesOf(scope),
    },
  ],
  patterns: (scope, { largest, order }) => {
    const { rows, rest } = patterns(scope, largest, order);
    const section = { name: "patterns", title: "By pattern", columns: PATTERN_COLUMNS, rows };
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
  ttl: (scope) => [
    {
      name: "ttl",
      title: "By time to live",
      columns: TTL_COLUMNS,
      rows: ttl(scope),
      notes: notesOf(scope),
    },
  ],
  bigkeys: (scope, { largest }) =>
    RANKINGS.map((ranking, i) => ({
      name: "bigkeys",
      title: ranking === "bytes" ? "Biggest by memory" : "Biggest by elements",
      columns: BIG_KEY_COLUMNS,
      rows: bigkeys(scope, largest, ranking),
      notes: i < RANKINGS.length - 1 ? [] : [...notesOf(scope), ...bigkeysNotes(scope, largest)],
    })),
} as const satisfies Record<string, (scope: Scope, options: QuestionOptions) => Section[]>;

export type QuestionName = keyof typeof QUESTIONS;
