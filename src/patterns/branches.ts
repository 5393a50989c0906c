import { areDrawn } from "./drawn.ts";
import type { EdgeKind } from "./model.ts";

/** Names with the same segments: how many, their segments (latin1, ids as U+0001), and the separator behind each. */
export interface Row {
  readonly tokens: readonly string[];
  readonly separators: readonly string[];
  readonly count: number;
}

/** Rows that go the same way. */
export interface Branch {
  readonly kind: EdgeKind;
  readonly text: string;
  readonly suffix: string;
  readonly separator: string;
  readonly rows: Row[];
}

/** So many different texts in one place are values, whatever their frequencies: at the beginning of a name, and behind. */
const MANY_AT_ROOT = 100;
const MANY = 48;
/** Fewer are never taken for an open set; nor at the beginning of a name, or before continuations of which each is rare. */
const FEW = 6;
const FEW_AT_ROOT = 24;
const FEW_BEFORE_RARE = 12;
/** Different texts with an id inside (`web-1`, `db-2`) from which on they are values. */
const FEW_WITH_ID = 4;
const NUMBERED_BYTES = 12;
/** Share of names whose text was seen once: what the next name brings is as likely new (Good and Turing). */
const OPEN_SHARE = 0.25;
/** What stands for more of the names in one place than this is a word, though the others are values. */
const WORD_SHARE = 0.15;
const MIN_WORD_NAMES = 20;
/** At the beginning of names: how much more frequent than values are a word has to be. */
const WORD_RATIO = 60;
/** A word that is a value elsewhere, so often for each time it stands here, is one here too. */
const VALUE_RATIO = 0.3;
/** Share of the words of one place that must be values elsewhere for it to be an open set. */
const KNOWN_SHARE = 0.5;
/** Share of the values that must begin or end alike for that to be part of the pattern, and of all that do so in some way. */
const AFFIX_SHARE = 0.2;
const AFFIXES_SHARE = 0.9;
const AFFIX_SUFFIX_BYTES = 3;
const EXTENSION = /(?<=[^.])\.[a-z][a-z0-9]{1,4}$/;
const ID = "\x01";
/** What stands for segments that are rare: no text has it. */
const RARE = "\x02";

/** Texts of one place before the same continuation. */
interface Column {
  /** Whether it is all texts before continuations that are rare. */
  readonly beforeRare: boolean;
  /** Whether names end there. */
  readonly isEnd: boolean;
  readonly counts: Map<string, number>;
  names: number;
}

/** Decides in which ways names go on: what is a word, what a value. */
export class Branches {
  /** Told how often each text was a value. */
  private readonly found: Map<string, number>;
  /** What was found before. */
  private readonly known: ReadonlyMap<string, number>;
  /** Names that there are. */
  private readonly all: number;

  constructor(all: number, found: Map<string, number>, known: ReadonlyMap<string, number> = new Map()) {
    this.all = all;
    this.found = found;
    this.known = known;
  }

  /** The ways of rows that agree in all segments before `depth`; with `noWords` all words there are values. */
  of(rows: readonly Row[], depth: number, noWords = false): Branch[] {
    const columns = new Map<string, Column>();
    const next = nextTokens(rows, depth);
    const places = rows.map((row) => continuation(row, depth, next));
    rows.forEach(({ tokens, count }, i) => {
      const column = columns.get(places[i]!) ?? newColumn(places[i]!);
      columns.set(places[i]!, column);
      const token = tokens[depth]!;
      column.counts.set(token, (column.counts.get(token) ?? 0) + count);
      column.names += count;
    });
    const drawn = noWords
      ? new Set(rows.map(({ tokens }) => tokens[depth]!).filter((token) => !isNumber(token)))
      : this.drawnWords([...columns.values()], depth);
    const values = new Map(
      [...columns].map(([place, column]) => [place, this.valuesOf(column, depth, drawn)]),
    );
    const rules = rows.map(({ tokens }, i) => values.get(places[i]!)!.get(tokens[depth]!));
    // Where any text may stand, ids may: they go the same way.
    const open = new Set(rows.filter((_, i) => rules[i] === ANY).map(({ separators }) => separators[depth]!));
    const branches = new Map<string, Branch>();
    rows.forEach((row, i) => {
      const separator = row.separators[depth]!;
      const rule = rules[i] === ID_ONLY && open.has(separator) ? ANY : rules[i];
      const { kind, text, suffix } = rule ?? { kind: "literal", text: row.tokens[depth]!, suffix: "" };
      const name = `${kind}\0${text}\0${suffix}\0${separator}`;
      const branch = branches.get(name) ?? { kind, text, suffix, separator, rows: [] };
      branches.set(name, branch);
      branch.rows.push(row);
    });
    return [...branches.values()];
  }

  /** What stands in place of each text of a column that is a value. */
  private valuesOf(column: Column, depth: number, drawn: ReadonlySet<string>): Map<string, Rule> {
    const rules = new Map<string, Rule>();
    const values = this.openSet(column, depth);
    for (const [token, count] of column.counts)
      if (drawn.has(token) && !column.isEnd) values.set(token, count);
    for (const [token, count] of values) {
      if (token !== ID) this.found.set(token, (this.found.get(token) ?? 0) + count);
    }
    const affixes = affixesOf(values);
    for (const token of values.keys()) rules.set(token, affixes(token));
    const numbers = [...column.counts.keys()].filter(isNumber);
    const isConstant =
      numbers.length === 1 && numbers[0] !== ID && column.counts.size === 1 && column.names >= MIN_WORD_NAMES;
    if (!isConstant) for (const token of numbers) rules.set(token, ID_ONLY);
    return rules;
  }

  /**
   * Words that are drawn, by what all columns of several words say together. Not where most names are:
   * such words are what tells them apart.
   */
  private drawnWords(columns: readonly Column[], depth: number): ReadonlySet<string> {
    const names = columns.reduce((sum, column) => sum + column.names, 0);
    if (depth === 0 || names * 2 > this.all) return new Set();
    const counts = new Map<string, number>();
    for (const column of columns) {
      const words = [...column.counts].filter(([token]) => !isNumber(token));
      if (column.isEnd || words.length < FEW) continue;
      for (const [token, count] of words) counts.set(token, (counts.get(token) ?? 0) + count);
    }
    return new Set(areDrawn([...counts.values()], this.all) ? counts.keys() : []);
  }

  private openSet({ counts, names, beforeRare }: Column, depth: number): Map<string, number> {
    const few = depth === 0 ? FEW_AT_ROOT : beforeRare ? FEW_BEFORE_RARE : FEW;
    const words = [...counts].filter(([token]) => !isNumber(token));
    const withId = words.filter(([token]) => isNumbered(token)).length;
    const once = words.filter(([, count]) => count === 1).length;
    const wordNames = words.reduce((sum, [, count]) => sum + count, 0);
    const isOpen =
      words.length >= (depth === 0 ? MANY_AT_ROOT : MANY) ||
      (words.length >= few && once >= wordNames * OPEN_SHARE) ||
      withId >= FEW_WITH_ID ||
      (words.length >= (depth === 0 ? FEW_AT_ROOT : FEW) &&
        words.filter((one) => this.isKnown(one)).length >= words.length * KNOWN_SHARE);
    if (!isOpen) return new Map();
    const sorted = words.map(([, count]) => count).sort((a, b) => a - b);
    const typical = sorted[Math.floor(sorted.length / 2)]!;
    return new Map(
      words.filter(([token, count]) => {
        if (count < MIN_WORD_NAMES || (withId >= FEW_WITH_ID && isNumbered(token))) return true;
        if (this.isKnown([token, count])) return true;
        if (depth === 0) return count <= WORD_RATIO * typical + MIN_WORD_NAMES;
        return count <= names * WORD_SHARE;
      }),
    );
  }

  /** Whether a text that stands here `count` times is a value elsewhere. */
  private isKnown([token, count]: readonly [string, number]): boolean {
    return (this.known.get(token) ?? 0) >= count * VALUE_RATIO;
  }
}

/** An id, or a number so short that it stands as it is. */
function isNumber(token: string): boolean {
  return token === ID || /^\d{1,2}$/.test(token);
}

/** A short text around an id. */
function isNumbered(token: string): boolean {
  return token.includes(ID) && token.length <= NUMBERED_BYTES;
}

function newColumn(place: string): Column {
  return { counts: new Map(), names: 0, beforeRare: place.endsWith(RARE), isEnd: place === "" };
}

interface Rule {
  readonly kind: EdgeKind;
  readonly text: string;
  readonly suffix: string;
}

const ANY: Rule = { kind: "any", text: "", suffix: "" };
const ID_ONLY: Rule = { kind: "id", text: "", suffix: "" };

/** Segments behind `depth` that are frequent enough to tell continuations apart. */
function nextTokens(rows: readonly Row[], depth: number): Set<string> {
  const counts = new Map<string, number>();
  let names = 0;
  for (const { tokens, count } of rows) {
    names += count;
    const next = tokens[depth + 1];
    if (next !== undefined) counts.set(next, (counts.get(next) ?? 0) + count);
  }
  const least = Math.max(3, names * 0.0005);
  return new Set([...counts].filter(([, count]) => count >= least).map(([token]) => token));
}

/** What follows a segment, as far as it tells one use of the place from another. */
function continuation({ tokens, separators }: Row, depth: number, next: ReadonlySet<string>): string {
  const following = tokens[depth + 1];
  if (following === undefined) return "";
  const rest = separators.slice(depth, depth + 3).join("");
  if (isNumber(following)) return `${rest}\0${ID}`;
  return `${rest}\0${next.has(following) ? following : RARE}`;
}

/** Beginnings and ends that many values share: what stands for a value that has one. */
function affixesOf(values: ReadonlyMap<string, number>): (token: string) => Rule {
  let names = 0;
  for (const count of values.values()) names += count;
  const prefixes = shared(values, prefixOf, names);
  const suffixes = shared(values, suffixOf, names);
  const extensions = shared(values, extensionOf, names);
  return (token) => {
    const prefix = prefixOf(token);
    if (prefixes.has(prefix)) return { kind: "affix", text: prefix, suffix: "" };
    const suffix = suffixOf(token);
    if (suffixes.has(suffix)) return { kind: "affix", text: "", suffix };
    const extension = extensionOf(token);
    // Several are what addresses of sites end with, or a mixture that tells nothing.
    if (extensions.size === 1 && extensions.has(extension))
      return { kind: "affix", text: "", suffix: extension };
    return ANY;
  };
}

function shared(
  values: ReadonlyMap<string, number>,
  affixOf: (token: string) => string,
  names: number,
): Set<string> {
  const found = new Map<string, { names: number; texts: number }>();
  for (const [token, count] of values) {
    const affix = affixOf(token);
    if (affix === "") continue;
    const one = found.get(affix) ?? { names: 0, texts: 0 };
    found.set(affix, one);
    one.names += count;
    one.texts++;
  }
  const many = [...found].filter(([, one]) => one.names >= names * AFFIX_SHARE && one.texts >= FEW);
  const covered = many.reduce((sum, [, one]) => sum + one.names, 0);
  return new Set(covered < names * AFFIXES_SHARE ? [] : many.map(([affix]) => affix));
}

/** Up to the first joint, or the digits or id at the end: `user_` of `user_alice`, `u` of `u12`. */
function prefixOf(token: string): string {
  const plain = token.endsWith(ID) ? `${token.slice(0, -1)}0` : token;
  return /^(?:[A-Za-z]{2,}[-_.](?=.)|[A-Za-z]+(?=\d+$))/.exec(plain)?.[0] ?? "";
}

/** From the last joint on: `_cart` of `alice_cart`. */
function suffixOf(token: string): string {
  const suffix = /[-_][A-Za-z]+$/.exec(token)?.[0] ?? "";
  return suffix.length > AFFIX_SUFFIX_BYTES && suffix.length < token.length ? suffix : "";
}

/** What a file's name ends with: `.html`. */
function extensionOf(token: string): string {
  return EXTENSION.exec(token)?.[0] ?? "";
}
