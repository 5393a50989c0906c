import type { FoldedRow } from "../queries/folded.ts";
import { safeText } from "./text.ts";

/** Segments of a pattern end with one of these. */
const SEPARATOR = /[:./|]/;
const EMPTY = "(empty)";

/**
 * Folded stacks, as flamegraph.pl and speedscope read them: frames with semicolons between them, a space, bytes. `root`
 * is a frame below all others, if given.
 */
export function* foldedStacks(rows: Iterable<FoldedRow>, root?: string): Iterable<string> {
  const below = root === undefined ? [] : [frame(root)];
  for (const { db, pattern, bytes } of rows) {
    const segments = safeText(pattern).split(SEPARATOR).map(frame);
    yield `${[...below, `db${db}`, ...segments].join(";")} ${bytes}`;
  }
}

function frame(text: string): string {
  return text === "" ? EMPTY : text.replaceAll(";", "\\x3B");
}
