import { areDrawn } from "./drawn.ts";
import { templateText } from "./learner.ts";
import { ID } from "./segments.ts";
import type { Trie } from "./trie.ts";

/** So many different texts in one place are values: at the beginning of a name, and behind. */
const MANY_AT_ROOT = 100;
const MANY = 48;
/** Fewer are never taken for an open set: at the beginning, behind, and all that is below one place. */
const FEW_AT_ROOT = 24;
const FEW = 12;
const FEW_BELOW = 24;
/** So many different texts with an id inside are values. */
const FEW_WITH_ID = 4;
/** Share of names whose text was seen once, from which on the set is open. */
const OPEN_SHARE = 0.25;
/** Texts behind which names go on must do so in fewer ways than a third of them, to be values. */
const SAME_WAYS = 3;
const MAX_STEPS = 4;
const ID_TEXT = String.fromCharCode(ID);

/** What is known of names besides the trie. */
export interface Known {
  /** Names by leaf of the trie. */
  readonly names: ReadonlyMap<number, number>;
  /** Patterns of the names that are not in the trie, and how many those are. */
  readonly patterns: readonly string[];
  readonly others: number;
  /** See `Trie.path`. */
  readonly separators: string;
}

/**
 * Collapses what turns out to be values once all names are known. As in `Branches`, but of whole classes of children, save those that
 * patterns elsewhere have for words. Depends on the names only, not on the order in which they came.
 */
export function collapseValues(trie: Trie, known: Known): void {
  new Values(trie, known).collapse();
}

/** A literal child of a node. */
interface Text {
  readonly node: number;
  readonly label: string;
  readonly names: number;
}

class Values {
  private readonly trie: Trie;
  private readonly known: Known;
  private readonly words: ReadonlySet<string>;
  private readonly all: number;
  private readonly names = new Map<number, number>();

  constructor(trie: Trie, known: Known) {
    this.trie = trie;
    this.known = known;
    this.words = beginningsOf(known.patterns, known.separators);
    this.all = known.others + [...known.names.values()].reduce((sum, count) => sum + count, 0);
  }

  collapse(): void {
    const { trie } = this;
    for (let level = [0]; level.length > 0; level = level.flatMap((node) => trie.childrenOf(node))) {
      this.countNames();
      for (const node of level) {
        for (const childClass of trie.literalClassesOf(node)) {
          const texts = this.textsOf(node, childClass);
          if (this.areOpen(texts, childClass, node === 0)) this.collapseClass(node, childClass);
        }
      }
    }
    this.countNames();
    for (const node of trie.childrenOf(0)) this.collapseBelow(node);
  }

  /** Counts names by live leaf: collapsing has united some. */
  private countNames(): void {
    this.names.clear();
    for (const [leaf, count] of this.known.names) {
      const live = this.trie.find(leaf);
      this.names.set(live, (this.names.get(live) ?? 0) + count);
    }
  }

  /**
   * Collapses all below the lowest nodes behind which names are an open set, though no place alone says so; returns the
   * names by leaf there.
   */
  private collapseBelow(node: number): number[] {
    const { trie } = this;
    const own = this.names.get(node);
    const counts = trie.childrenOf(node).flatMap((child) => this.collapseBelow(child));
    if (own !== undefined) counts.push(own);
    const names = counts.reduce((sum, count) => sum + count, 0);
    const once = counts.filter((count) => count === 1).length;
    if (counts.length < FEW_BELOW || once < names * OPEN_SHARE || names * 2 > this.all) return counts;
    for (let level = [node]; level.length > 0; level = level.flatMap((one) => trie.childrenOf(one))) {
      for (const one of level)
        for (const childClass of trie.literalClassesOf(one)) this.collapseClass(one, childClass);
    }
    return [names];
  }

  private collapseClass(node: number, childClass: number): void {
    const { trie } = this;
    const literals = trie.literalsOf(node, childClass);
    trie.collapse(node, childClass, new Set(literals.filter((child) => this.isWord(child))));
  }

  /** Texts of a class of children that no pattern elsewhere has for a word. */
  private textsOf(node: number, childClass: number): Text[] {
    const { trie } = this;
    const literals = trie.literalsOf(node, childClass);
    if (literals.length < FEW_WITH_ID) return [];
    return literals
      .filter((child) => !this.isWord(child))
      .map((child) => ({ node: child, label: trie.labelText(child), names: this.namesBelow(child) }));
  }

  private areOpen(texts: readonly Text[], childClass: number, isRoot: boolean): boolean {
    const withId = texts.filter(({ label }) => label.includes(ID_TEXT)).length;
    if (!isRoot && withId >= FEW_WITH_ID) return true;
    if (texts.length < (isRoot ? FEW_AT_ROOT : FEW)) return false;
    const counts = texts.map(({ names }) => names);
    const names = counts.reduce((sum, count) => sum + count, 0);
    const once = counts.filter((count) => count === 1).length;
    const isMany = texts.length >= (isRoot ? MANY_AT_ROOT : MANY);
    const isDrawn = !isRoot && childClass !== 0 && areDrawn(counts, this.all);
    if (!isMany && !isDrawn && once < names * OPEN_SHARE) return false;
    return childClass === 0 || this.waysOn(texts, isRoot) * SAME_WAYS <= texts.length;
  }

  /** In how many ways names go on behind texts, by the first steps; steps that one text alone has are alike, but at the beginning. */
  private waysOn(texts: readonly Text[], isRoot: boolean): number {
    const { trie } = this;
    const stepsOf = texts.map(({ node }) =>
      trie.childrenOf(node).map((child) => `${trie.childClass[child]} ${trie.labelText(child)}`),
    );
    const seen = new Map<string, number>();
    for (const steps of stepsOf) for (const step of steps) seen.set(step, (seen.get(step) ?? 0) + 1);
    const ways = stepsOf.map((steps) => {
      const shown = steps.map((step) => (isRoot || seen.get(step)! > 1 ? step : step.split(" ", 1)[0]!));
      return [...new Set(shown)].sort().slice(0, MAX_STEPS).join("\n");
    });
    return new Set(ways).size;
  }

  private namesBelow(node: number): number {
    let sum = this.names.get(node) ?? 0;
    for (const child of this.trie.childrenOf(node)) sum += this.namesBelow(child);
    return sum;
  }

  private isWord(node: number): boolean {
    return this.words.has(templateText(this.trie.path(node, this.known.separators)));
  }
}

/** All that patterns begin with, up to a separator, and the patterns. */
function beginningsOf(patterns: readonly string[], separators: string): Set<string> {
  const found = new Set(patterns);
  for (const pattern of patterns) {
    for (let i = 0; i < pattern.length; i++)
      if (separators.includes(pattern[i]!)) found.add(pattern.slice(0, i + 1));
  }
  return found;
}
