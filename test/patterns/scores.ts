import { Learner, mergePatterns, PatternTable } from "../../src/patterns/index.ts";
import { expectedPattern, KeyMaker, type ListedTemplate } from "./keys.ts";

/** How well patterns equal the templates that names were made of; shares from 0 to 1. */
export interface Scores {
  readonly patterns: number;
  /** Names whose pattern says what their template says: precision and recall at once, as each name has one pattern. */
  readonly byName: number;
  /** Mean over the templates of the share of its names whose pattern says what it says. */
  readonly recall: number;
  /** Mean over the templates of the share of the names with such patterns that are its own. */
  readonly precision: number;
  /** Time that a name took to classify, in ns, and that learning took, in ms. */
  readonly classifyNs: number;
  readonly learnMs: number;
  /** What went wrong, most names first. */
  readonly wrong: readonly { readonly template: string; readonly pattern: string; readonly names: number }[];
}

/** Names from which is learnt, as in the pipeline. */
export const SAMPLE = 32_768;

/** Makes names of a list, learns from the first of them, classifies all in `tables` tables, and compares. */
export function scoresOf(list: readonly ListedTemplate[], names: number, tables = 2, seed = 1): Scores {
  const { keys, templates } = madeOf(list, names, seed);
  const learner = new Learner();
  for (const key of keys.slice(0, SAMPLE)) learner.add(key, 0, key.length);
  const learnAt = performance.now();
  const model = learner.learn();
  const learnMs = performance.now() - learnAt;
  const all = Array.from({ length: tables }, () => new PatternTable());
  for (const table of all) table.use(model);
  const ids = new Int32Array(names);
  const classifyAt = performance.now();
  for (let i = 0; i < names; i++) ids[i] = all[i % tables]!.classify(keys[i]!, 0, keys[i]!.length);
  const classifyNs = ((performance.now() - classifyAt) / names) * 1e6;
  const merged = mergePatterns(all.map((table) => table.export()));
  const found = new Map<string, number>();
  for (let i = 0; i < names; i++) {
    const name = `${templates[i]} ${merged.idOf[i % tables]![ids[i]!]}`;
    found.set(name, (found.get(name) ?? 0) + 1);
  }
  return {
    patterns: merged.templates.length,
    classifyNs,
    learnMs,
    ...compared(list, merged.templates, found),
  };
}

function madeOf(list: readonly ListedTemplate[], names: number, seed: number) {
  const maker = new KeyMaker(list, seed);
  const keys: Buffer[] = [];
  const templates = new Int32Array(names);
  for (let i = 0; i < names; i++) {
    const { key, template } = maker.next();
    keys.push(Buffer.from(key));
    templates[i] = template;
  }
  return { keys, templates };
}

function compared(
  list: readonly ListedTemplate[],
  patterns: readonly string[],
  found: ReadonlyMap<string, number>,
): Pick<Scores, "byName" | "recall" | "precision" | "wrong"> {
  const expected = list.map(({ text }) => expectedPattern(text));
  const own = new Float64Array(list.length);
  const right = new Float64Array(list.length);
  const taken = new Float64Array(list.length);
  const wrong: { template: string; pattern: string; names: number }[] = [];
  for (const [name, names] of found) {
    const [t, p] = name.split(" ").map(Number) as [number, number];
    own[t]! += names;
    if (expected[t]!.test(patterns[p]!)) right[t]! += names;
    else wrong.push({ template: list[t]!.text, pattern: patterns[p]!, names });
    expected.forEach((regex, other) => {
      if (regex.test(patterns[p]!)) taken[other]! += names;
    });
  }
  const drawn = list.map((_, t) => t).filter((t) => own[t]! > 0);
  const mean = (share: (t: number) => number) => drawn.reduce((sum, t) => sum + share(t), 0) / drawn.length;
  const sum = (numbers: Float64Array) => numbers.reduce((total, one) => total + one, 0);
  return {
    byName: sum(right) / sum(own),
    recall: mean((t) => right[t]! / own[t]!),
    precision: mean((t) => (taken[t]! === 0 ? 0 : right[t]! / taken[t]!)),
    wrong: wrong.sort((a, b) => b.names - a.names),
  };
}
