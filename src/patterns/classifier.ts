import type { Edge, PatternModel } from "./model.ts";
import { hashBytes, type Segments } from "./segments.ts";

/** Ways through a model that are tried for one name. */
const MAX_STEPS = 64;

interface Affix {
  readonly prefix: Uint8Array;
  readonly suffix: Uint8Array;
  readonly separator: number;
  readonly to: number;
}

/** Finds the pattern of a name in a model. */
export class Classifier {
  /** Node reached by the wildcard, and by an id alone, by node and separator: `node * 128 + separator`. -1: none. */
  private readonly any: Int32Array;
  private readonly id: Int32Array;
  private readonly affixes: (readonly Affix[] | undefined)[];
  private readonly templates: Int32Array;
  /** Literal edges as a hash table: `slots` holds indexes of `edgeFrom` and so on. */
  private readonly slots: Int32Array;
  private readonly mask: number;
  private readonly edgeFrom: Int32Array;
  private readonly edgeHash: Int32Array;
  private readonly edgeSeparator: Uint8Array;
  private readonly edgeTo: Int32Array;
  private readonly edgeText: readonly Uint8Array[];
  private steps = 0;

  constructor({ nodes }: PatternModel) {
    this.any = new Int32Array(nodes.length * 128).fill(-1);
    this.id = new Int32Array(nodes.length * 128).fill(-1);
    this.affixes = nodes.map(({ edges }) => affixesOf(edges));
    this.templates = Int32Array.from(nodes, ({ template }) => template);
    const literals = nodes.flatMap(({ edges }, from) =>
      edges.filter(({ kind }) => kind === "literal").map((edge) => ({ from, ...edge })),
    );
    this.edgeText = literals.map(({ text }) => Buffer.from(text, "latin1"));
    this.edgeFrom = Int32Array.from(literals, ({ from }) => from);
    this.edgeHash = Int32Array.from(this.edgeText, (text) => hashBytes(text, 0, text.length));
    this.edgeSeparator = Uint8Array.from(literals, ({ separator }) => separator);
    this.edgeTo = Int32Array.from(literals, ({ to }) => to);
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(literals.length * 3 + 8))).fill(-1);
    this.mask = this.slots.length - 1;
    literals.forEach((_, edge) => {
      let slot = this.slotOf(this.edgeFrom[edge]!, this.edgeHash[edge]!);
      while (this.slots[slot]! >= 0) slot = (slot + 1) & this.mask;
      this.slots[slot] = edge;
    });
    nodes.forEach(({ edges }, node) => {
      for (const { kind, separator, to } of edges) {
        if (kind === "any") this.any[node * 128 + separator] = to;
        if (kind === "id" || kind === "any") this.id[node * 128 + separator] = to;
      }
    });
  }

  /** Index of the template of the name that was read into `segments`; -1: it has none. */
  find(segments: Segments): number {
    const { count, separators } = segments;
    let node = 0;
    for (let i = 0; i < count; i++) {
      node = this.step(segments, node, i, separators[i]!);
      if (node < 0) return this.search(segments);
    }
    const found = this.templates[node]!;
    return found >= 0 ? found : this.search(segments);
  }

  /** The first of the ways that `walk` tries from a node; -1 where it would look at more. */
  private step(segments: Segments, node: number, i: number, separator: number): number {
    if (!segments.isId(i)) {
      const literal = this.literal(segments, node, i, separator);
      if (literal >= 0) return literal;
      if (!segments.isNumber(i)) {
        const isAny = this.affixes[node] === undefined && separator < 128;
        return isAny ? this.any[node * 128 + separator]! : -1;
      }
    }
    return separator < 128 ? this.id[node * 128 + separator]! : -1;
  }

  private search(segments: Segments): number {
    this.steps = 0;
    return this.walk(segments, 0, 0);
  }

  private walk(segments: Segments, node: number, i: number): number {
    if (i === segments.count) return this.templates[node]!;
    if (this.steps++ > MAX_STEPS) return -1;
    const separator = segments.separators[i]!;
    if (segments.isId(i)) return this.throughId(segments, node, i, separator);
    const literal = this.literal(segments, node, i, separator);
    if (literal >= 0) {
      const found = this.walk(segments, literal, i + 1);
      if (found >= 0) return found;
    }
    if (segments.isNumber(i)) return this.throughId(segments, node, i, separator);
    const affixes = this.affixes[node];
    if (affixes !== undefined) {
      for (let k = 0; k < affixes.length; k++) {
        const affix = affixes[k]!;
        if (affix.separator !== separator || !fits(affix, segments, i)) continue;
        const found = this.walk(segments, affix.to, i + 1);
        if (found >= 0) return found;
      }
    }
    const any = separator < 128 ? this.any[node * 128 + separator]! : -1;
    return any >= 0 ? this.walk(segments, any, i + 1) : -1;
  }

  private throughId(segments: Segments, node: number, i: number, separator: number): number {
    const id = separator < 128 ? this.id[node * 128 + separator]! : -1;
    return id >= 0 ? this.walk(segments, id, i + 1) : -1;
  }

  private literal(segments: Segments, node: number, i: number, separator: number): number {
    const { slots, mask } = this;
    const hash = segments.hashes[i]!;
    for (let slot = this.slotOf(node, hash); ; slot = (slot + 1) & mask) {
      const edge = slots[slot]!;
      if (edge < 0) return -1;
      if (
        this.edgeHash[edge] === hash &&
        this.edgeFrom[edge] === node &&
        this.edgeSeparator[edge] === separator &&
        isAt(this.edgeText[edge]!, segments.texts[i]!, segments.starts[i]!, segments.ends[i]!)
      ) {
        return this.edgeTo[edge]!;
      }
    }
  }

  private slotOf(node: number, hash: number): number {
    const mixed = Math.imul(hash ^ Math.imul(node + 1, 0x9e3779b1 | 0), 0x85ebca6b | 0);
    return (mixed ^ (mixed >>> 15)) & this.mask;
  }
}

function affixesOf(edges: readonly Edge[]): readonly Affix[] | undefined {
  const affixes = edges
    .filter(({ kind }) => kind === "affix")
    .map(({ text, suffix, separator, to }) => ({
      prefix: Buffer.from(text, "latin1"),
      suffix: Buffer.from(suffix, "latin1"),
      separator,
      to,
    }));
  return affixes.length === 0 ? undefined : affixes;
}

function isAt(expected: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (expected.length !== end - start) return false;
  for (let p = 0; p < expected.length; p++) if (expected[p] !== bytes[start + p]) return false;
  return true;
}

function fits({ prefix, suffix }: Affix, segments: Segments, i: number): boolean {
  const start = segments.starts[i]!;
  const end = segments.ends[i]!;
  if (end - start <= prefix.length + suffix.length) return false;
  const text = segments.texts[i]!;
  for (let p = 0; p < prefix.length; p++) if (prefix[p] !== text[start + p]) return false;
  for (let p = 0, q = end - suffix.length; p < suffix.length; p++, q++) {
    if (suffix[p] !== text[q]) return false;
  }
  return true;
}
