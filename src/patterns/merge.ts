import type { PatternExport } from "./table.ts";
import { MAX_NODES, Trie } from "./trie.ts";

/** What all tables know together. */
export interface MergedPatterns {
  /** Distinct templates, sorted by their UTF-8 bytes. */
  readonly templates: string[];
  /** Per export: raw id -> index in `templates`. */
  readonly idOf: Int32Array[];
  /** Whether there were so many templates that the caps were narrowed (see STRICT_CAPS). */
  readonly strict: boolean;
}

/** Unites the tables of any number of workers; the template of a key depends only on the set of all keys. */
export function mergePatterns(exports: readonly PatternExport[]): MergedPatterns {
  let strict = exports.some((one) => one.trie.strict);
  let { trie, leaves } = unite(exports, strict);
  if (!strict && trie.nodes > MAX_NODES) {
    strict = true;
    ({ trie, leaves } = unite(exports, strict));
  }
  const textOf = new Map<number, string>();
  for (const nodes of leaves) {
    for (const node of nodes) if (!textOf.has(node)) textOf.set(node, trie.text(node));
  }
  const templates = [...new Set(textOf.values())].sort(byBytes);
  const rank = new Map(templates.map((text, index) => [text, index]));
  const idOf = leaves.map((nodes) => nodes.map((node) => rank.get(textOf.get(node)!)!));
  return { templates, idOf, strict };
}

function unite(exports: readonly PatternExport[], strict: boolean): { trie: Trie; leaves: Int32Array[] } {
  const trie = new Trie(strict);
  const maps = exports.map((one) => trie.absorb(one.trie));
  const leaves = exports.map((one, i) => one.leaves.map((leaf) => trie.find(maps[i]![leaf]!)));
  return { trie, leaves };
}

/** Order of the texts' UTF-8 bytes, which is the order of their code points. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
