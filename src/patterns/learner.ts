import { Branches, type Row } from "./branches.ts";
import type { Edge, EdgeKind, ModelNode, PatternModel } from "./model.ts";
import { Segments } from "./segments.ts";
import type { PatternSettings } from "./settings.ts";

/** Patterns that a model may have: the most frequent ones. */
export const MAX_LEARNT = 480;
/** Names of a sample that a pattern has to stand for; rarer ones are left to those who see all names. */
const MIN_NAMES = 4;
/** Where names end in so many ways, words that leave a third of the ways when they are values are values. */
const MANY_ENDS = 48;
const FEWER_ENDS = 3;
const FEW_WORDS = 6;
/** How often a row may be looked at once more for that. */
const MAX_TRIALS = 8;

/** Names of a sample, from which a model is learnt. */
export class Learner {
  private readonly segments: Segments;
  private readonly counts = new Map<string, number>();
  /** Names added. */
  names = 0;

  constructor(settings: PatternSettings = {}) {
    this.segments = new Segments(settings.separators, settings.depth);
  }

  /** Adds the name in `[start, end)`. */
  add(bytes: Uint8Array, start: number, end: number): void {
    const { segments } = this;
    segments.read(bytes, start, end);
    const { starts, ends, separators, texts } = segments;
    let skeleton = "";
    for (let i = 0; i < segments.count; i++) {
      const text = texts[i]!;
      for (let p = starts[i]!; p < ends[i]!; p++) skeleton += String.fromCharCode(text[p]!);
      skeleton += separators[i] === 0 ? "" : `\0${String.fromCharCode(separators[i]!)}`;
    }
    this.counts.set(skeleton, (this.counts.get(skeleton) ?? 0) + 1);
    this.names++;
  }

  /** What the names added so far teach; the order in which they came does not matter. */
  learn(): PatternModel {
    const rows = [...this.counts].sort((a, b) => (a[0] < b[0] ? -1 : 1)).map(rowOf);
    const values = new Map<string, number>();
    new Tree(new Branches(this.names, values), this.names, 0).grow(rows);
    const tree = new Tree(new Branches(this.names, new Map(), values), this.names, rows.length * MAX_TRIALS);
    tree.grow(rows);
    return tree.model();
  }
}

function rowOf([skeleton, count]: readonly [string, number]): Row {
  const parts = skeleton.split("\0");
  const tokens = parts.map((part, i) => (i === 0 ? part : part.slice(1)));
  const separators = parts.slice(1).map((part) => part[0]!);
  return { tokens, separators: [...separators, ""], count };
}

interface GrownNode {
  edges: readonly { kind: EdgeKind; text: string; suffix: string; separator: string; to: GrownNode }[];
  names: number;
  literal: boolean;
  path: string;
}

/** What grew behind a node: its edges, and in how many ways names end there. */
interface Grown {
  readonly edges: GrownNode["edges"];
  readonly ends: number;
}

class Tree {
  private readonly branches: Branches;
  /** Names that there are. */
  private readonly all: number;
  /** Rows that may still be looked at to see whether words had better be values. */
  private trials: number;
  private readonly root: GrownNode = { edges: [], names: 0, literal: true, path: "" };

  constructor(branches: Branches, all: number, trials: number) {
    this.branches = branches;
    this.all = all;
    this.trials = trials;
  }

  grow(rows: readonly Row[]): void {
    if (rows.length > 0) this.growNode(this.root, rows, 0);
  }

  /** Grows what is behind a node; returns in how many ways names end there. */
  private growNode(node: GrownNode, rows: readonly Row[], depth: number): number {
    let grown = this.grown(node, rows, depth, false);
    if (grown.ends >= MANY_ENDS && depth > 0 && this.trials >= rows.length && !this.isMost(rows)) {
      this.trials -= rows.length;
      const merged = this.grown(node, rows, depth, true);
      if (grown.edges.length - merged.edges.length >= FEW_WORDS && merged.ends * FEWER_ENDS <= grown.ends)
        grown = merged;
    }
    node.edges = grown.edges;
    return grown.ends;
  }

  private isMost(rows: readonly Row[]): boolean {
    return rows.reduce((sum, { count }) => sum + count, 0) * 2 > this.all;
  }

  private grown(node: GrownNode, rows: readonly Row[], depth: number, noWords: boolean): Grown {
    const edges: GrownNode["edges"][number][] = [];
    let ends = 0;
    for (const { kind, text, suffix, separator, rows: inside } of this.branches.of(rows, depth, noWords)) {
      const shown = kind === "literal" ? text : `${text}\x01${suffix}`;
      const literal = node.literal && kind === "literal" && !text.includes("\x01");
      const to: GrownNode = { edges: [], names: 0, literal, path: node.path + shown + separator };
      edges.push({ kind, text, suffix, separator, to });
      if (separator !== "") ends += this.growNode(to, inside, depth + 1);
      else {
        ends++;
        for (const row of inside) to.names += row.count;
      }
    }
    return { edges, ends };
  }

  /** The most frequent patterns, and the way to each. */
  model(): PatternModel {
    const ends: GrownNode[] = [];
    collectEnds(this.root, ends);
    const kept = ends
      .filter(({ names, literal }) => names >= MIN_NAMES && !literal)
      .sort((a, b) => b.names - a.names || (a.path < b.path ? -1 : 1))
      .slice(0, MAX_LEARNT);
    const templates = kept.map(({ path }) => templateText(path));
    const templateOf = new Map(kept.map((node, i) => [node, i]));
    const nodes: ModelNode[] = [];
    addNode(this.root, nodes, templateOf);
    return { nodes, templates };
  }
}

function collectEnds(node: GrownNode, ends: GrownNode[]): void {
  if (node.names > 0) ends.push(node);
  for (const { to } of node.edges) collectEnds(to, ends);
}

/** Adds a node and what is below it; returns its index, or -1 when no pattern is there. */
function addNode(node: GrownNode, nodes: ModelNode[], templateOf: ReadonlyMap<GrownNode, number>): number {
  const index = nodes.length;
  const template = templateOf.get(node) ?? -1;
  const edges: Edge[] = [];
  nodes.push({ edges, template });
  for (const { kind, text, suffix, separator, to } of node.edges) {
    const at = addNode(to, nodes, templateOf);
    if (at >= 0) edges.push({ kind, text, suffix, separator: separator.charCodeAt(0) || 0, to: at });
  }
  if (index > 0 && template < 0 && edges.length === 0) {
    nodes.length = index;
    return -1;
  }
  return index;
}

/** The text of a pattern whose bytes are `path`, ids in it as U+0001. */
export function templateText(path: string): string {
  return Buffer.from(path, "latin1").toString("utf8").replaceAll("\x01", "*");
}
