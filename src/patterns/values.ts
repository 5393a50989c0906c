import { ID } from "./segments.ts";
import type { Trie } from "./trie.ts";

/** So many different texts in one place are values: at the beginning of a name, and behind. */
const MANY_AT_ROOT = 100;
const MANY = 48;
/** Fewer are never taken for an open set. */
const FEW_AT_ROOT = 24;
const FEW = 12;
/** So many different texts with an id inside are values. */
const FEW_WITH_ID = 4;
/** Share of names whose text was seen once, from which on the set is open. */
const OPEN_SHARE = 0.25;
/** Texts behind which names go on must do so in fewer ways than a third of them, to be values. */
const SAME_WAYS = 3;
const ID_TEXT = String.fromCharCode(ID);

/**
 * Collapses what turns out to be values once all names are known; `names` by leaf. As in `Branches`, but of whole
 * classes of children. Depends on the names only, not on the order in which they came.
 */
export function collapseValues(trie: Trie, names: ReadonlyMap<number, number>): void {
  for (let node = 0; node < trie.nodes; node++) {
    if (trie.forward[node]! >= 0) continue;
    for (const childClass of trie.literalClassesOf(node)) {
      const literals = trie.literalsOf(node, childClass);
      if (literals.length < FEW_WITH_ID) continue;
      if (isOpen(trie, node, childClass, literals, names)) trie.collapse(node, childClass);
    }
  }
}

function isOpen(
  trie: Trie,
  node: number,
  childClass: number,
  literals: readonly number[],
  names: ReadonlyMap<number, number>,
): boolean {
  if (node > 0 && literals.filter((child) => trie.labelText(child).includes(ID_TEXT)).length >= FEW_WITH_ID)
    return true;
  if (literals.length < (node === 0 ? FEW_AT_ROOT : FEW)) return false;
  const counts = literals.map((child) => namesBelow(trie, child, names));
  const all = counts.reduce((sum, count) => sum + count, 0);
  const once = counts.filter((count) => count === 1).length;
  const isMany = literals.length >= (node === 0 ? MANY_AT_ROOT : MANY);
  if (!isMany && once < all * OPEN_SHARE) return false;
  if (childClass === 0) return true;
  return new Set(literals.map((child) => wayOn(trie, child))).size * SAME_WAYS <= literals.length;
}

function namesBelow(trie: Trie, node: number, names: ReadonlyMap<number, number>): number {
  let sum = names.get(node) ?? 0;
  for (const child of trie.childrenOf(node)) sum += namesBelow(trie, child, names);
  return sum;
}

/** The first steps below a node: alike for nodes behind which names go on alike. */
function wayOn(trie: Trie, node: number): string {
  const steps = trie.childrenOf(node).map((child) => `${trie.childClass[child]} ${trie.labelText(child)}`);
  return [...new Set(steps)].sort().slice(0, 4).join("\n");
}
