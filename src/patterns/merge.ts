import { templateText } from "./learner.ts";
import type { PatternExport } from "./table.ts";
import { MAX_NODES, NARROWEST, Trie } from "./trie.ts";
import { collapseValues } from "./values.ts";

/** Patterns that one snapshot may have. */
export const MAX_PATTERNS = 1000;
/** What stands for names whose patterns are more than that. */
const ALL = "*";

/** What all tables know together. */
export interface MergedPatterns {
  /** Distinct templates, sorted by their UTF-8 bytes; MAX_PATTERNS at most. */
  readonly templates: string[];
  /** Per export: raw id -> index in `templates`. */
  readonly idOf: Int32Array[];
  /** Whether there were so many that rare ones were merged into wider ones. */
  readonly narrowed: boolean;
}

/** Unites the tables of any number of workers; the template of a key depends only on the set of all keys. */
export function mergePatterns(exports: readonly PatternExport[]): MergedPatterns {
  const { trie, leaves } = united(exports);
  const separators = exports[0]?.separators ?? "";
  const known = knownOf(exports);
  collapseValues(trie, {
    names: namesOf(exports, leaves, trie),
    patterns: [...known.keys()],
    others: [...known.values()].reduce((sum, count) => sum + count, 0),
    separators,
  });
  const textOf = new Map<number, string>();
  const texts = exports.map((one, i) =>
    one.texts.map((known, id) => {
      if (known !== undefined) return known;
      const leaf = trie.find(leaves[i]![id]!);
      const text = textOf.get(leaf) ?? templateText(trie.path(leaf, separators));
      textOf.set(leaf, text);
      return text;
    }),
  );
  const { kept, all } = mostFrequent(exports, texts);
  const templates = kept.sort(byBytes);
  const rank = new Map(templates.map((text, index) => [text, index]));
  const other = rank.get(ALL);
  const idOf = texts.map((ids) => Int32Array.from(ids, (text) => rank.get(text) ?? other!));
  return { templates, idOf, narrowed: trie.narrowness > 0 || all > kept.length };
}

function united(exports: readonly PatternExport[]): { trie: Trie; leaves: Int32Array[] } {
  for (let narrowness = Math.max(0, ...exports.map((one) => one.trie.narrowness)); ; narrowness++) {
    const trie = new Trie(narrowness);
    const maps = exports.map((one) => trie.absorb(one.trie));
    const leaves = exports.map((one, i) => one.leaves.map((leaf) => (leaf < 0 ? -1 : maps[i]![leaf]!)));
    if (trie.nodes <= MAX_NODES || narrowness === NARROWEST) return { trie, leaves };
  }
}

/** Names by pattern, of those that are in no trie. */
function knownOf(exports: readonly PatternExport[]): Map<string, number> {
  const names = new Map<string, number>();
  for (const one of exports) {
    one.texts.forEach((text, id) => {
      if (text !== undefined && one.names[id]! > 0) names.set(text, (names.get(text) ?? 0) + one.names[id]!);
    });
  }
  return names;
}

/** Names by live leaf. */
function namesOf(
  exports: readonly PatternExport[],
  leaves: readonly Int32Array[],
  trie: Trie,
): Map<number, number> {
  const names = new Map<number, number>();
  exports.forEach((one, i) => {
    one.names.forEach((count, id) => {
      if (leaves[i]![id]! < 0) return;
      const leaf = trie.find(leaves[i]![id]!);
      leaves[i]![id] = leaf;
      names.set(leaf, (names.get(leaf) ?? 0) + count);
    });
  });
  return names;
}

/** The texts that are kept, `ALL` among them when that is not every one. */
function mostFrequent(
  exports: readonly PatternExport[],
  texts: readonly (readonly string[])[],
): { kept: string[]; all: number } {
  const names = new Map<string, number>();
  exports.forEach((one, i) => {
    for (const [id, text] of texts[i]!.entries()) names.set(text, (names.get(text) ?? 0) + one.names[id]!);
  });
  const all = [...names].filter(([, count]) => count > 0);
  if (all.length <= MAX_PATTERNS) return { kept: all.map(([text]) => text), all: all.length };
  const others = all.filter(([text]) => text !== ALL);
  others.sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return { kept: [ALL, ...others.slice(0, MAX_PATTERNS - 1).map(([text]) => text)], all: all.length };
}

/** Order of the texts' UTF-8 bytes, which is the order of their code points. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
