import { hashBytes, ID, MAX_SEGMENTS } from "./segments.ts";

/** How wide and deep a trie may be: the first row whose nodes fit holds. */
const LIMITS: readonly { readonly caps: readonly number[]; readonly depth: number }[] = [
  { caps: [512, 64, 32, 16], depth: MAX_SEGMENTS },
  { caps: [64, 8, 2], depth: MAX_SEGMENTS },
  { caps: [64, 2], depth: 3 },
  { caps: [64], depth: 1 },
];

/** Index of the last row of limits: any number of names fits in it. */
export const NARROWEST = LIMITS.length - 1;

/** Nodes a trie may hold before it is rebuilt, and made narrower if that does not help. */
export const MAX_NODES = 1 << 17;

/** Bytes that may part names, and so classes of a node's children: by what follows their segment, 0 for nothing. */
export const MAX_SEPARATORS = 15;
const CLASSES = MAX_SEPARATORS + 1;
const ID_TEXT = String.fromCharCode(ID);

/** Node kinds. ANY is what the literals of a class become when they are more than the cap, or found to be values. */
const LITERAL_NODE = 0;
const RECOGNISED_NODE = 1;
const ANY_NODE = 2;

/** A trie as plain arrays, an entry a node; a node stands after its parent. Structured-cloneable. */
export interface TrieExport {
  readonly nodes: number;
  /** How narrow it is: an index of its limits. */
  readonly narrowness: number;
  readonly parent: Int32Array;
  readonly childClass: Uint8Array;
  readonly kind: Uint8Array;
  readonly labelStart: Int32Array;
  readonly labelBytes: Uint8Array;
  /** The node this one was united with, or -1. */
  readonly forward: Int32Array;
  readonly arena: Uint8Array;
}

/**
 * Key-name segments as a trie of bounded width. A class of a node's children (by the separator behind their segment)
 * with more distinct literals than the cap becomes one ANY child, its subtrees united. A class collapses if and
 * only if the union of all keys has too many, so neither the order of keys nor their split over tries matters.
 */
export class Trie {
  readonly narrowness: number;
  /** Segments that are told apart. */
  readonly depth: number;
  nodes = 0;
  parent = new Int32Array(1024);
  childClass = new Uint8Array(1024);
  kind = new Uint8Array(1024);
  labelStart = new Int32Array(1024);
  labelBytes = new Uint8Array(1024);
  forward = new Int32Array(1024);
  arena = new Uint8Array(1 << 14);
  private level = new Uint8Array(1024);
  private firstChild = new Int32Array(1024);
  private nextSibling = new Int32Array(1024);
  private literals = new Uint16Array(1024 * CLASSES);
  private wild = new Int32Array(1024 * CLASSES);
  private any = new Int32Array(1024 * CLASSES);
  private arenaEnd = 0;
  private slots = new Int32Array(4096).fill(-1);
  private hashes = new Int32Array(1024);
  private caps = new Uint16Array(MAX_SEGMENTS + 2).fill(1);
  private depthOf = new Uint8Array(1024);

  constructor(narrowness: number) {
    this.narrowness = narrowness;
    const { caps, depth } = LIMITS[narrowness]!;
    this.depth = depth;
    this.caps.set(caps);
    if (narrowness === 0) this.caps.fill(caps.at(-1)!, caps.length);
    this.create(-1, 0, RECOGNISED_NODE, 0);
  }

  /** The node `node` has become part of. */
  find(node: number): number {
    let at = node;
    while (this.forward[at]! >= 0) at = this.forward[at]!;
    return at;
  }

  /** Whether a node is so deep that all which follows is one wildcard. */
  isDeepest(node: number): boolean {
    return this.depthOf[node]! >= this.depth;
  }

  /** The recognised-wildcard child of a class, made if there is none. */
  recognised(node: number, childClass: number): number {
    const at = node * CLASSES + childClass;
    if (this.wild[at]! < 0) {
      const made = this.create(node, childClass, RECOGNISED_NODE, this.level[node]!);
      this.wild[at] = made;
    }
    return this.wild[at]!;
  }

  /** The child for a literal label (hash of `hashBytes`), made if there is none: its own, or ANY when its class collapsed. */
  literal(
    node: number,
    childClass: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    hash: number,
  ): number {
    const any = this.any[node * CLASSES + childClass]!;
    if (any >= 0) return any;
    const mixed = mix(hash, node, childClass);
    const slots = this.slots;
    const mask = slots.length - 1;
    let slot = (mixed ^ (mixed >>> 15)) & mask;
    for (let found = slots[slot]!; found >= 0; found = slots[slot]!) {
      if (
        this.hashes[found] === mixed &&
        this.parent[found] === node &&
        this.childClass[found] === childClass &&
        this.labelIs(found, bytes, start, end)
      ) {
        return found;
      }
      slot = (slot + 1) & mask;
    }
    return this.addLiteral(node, childClass, bytes, start, end, mixed);
  }

  /** The ANY child of a class; makes it and unites the literals there are, but `words`, with it. */
  collapse(node: number, childClass: number, words?: ReadonlySet<number>): number {
    const at = node * CLASSES + childClass;
    if (this.any[at]! >= 0) return this.any[at]!;
    const any = this.create(node, childClass, ANY_NODE, this.level[node]! + 1);
    this.any[at] = any;
    for (let child = this.firstChild[node]!; child >= 0; child = this.nextSibling[child]!) {
      if (this.childClass[child] !== childClass || this.kind[child] !== LITERAL_NODE) continue;
      if (words === undefined || !words.has(child)) this.unite(any, child);
    }
    return any;
  }

  /** Adds every live node of another trie; returns where each of its nodes (dead ones too) went, to be passed to `find`. */
  absorb(other: TrieExport): Int32Array {
    const map = new Int32Array(other.nodes);
    for (let node = 1; node < other.nodes; node++) {
      if (other.forward[node]! >= 0) continue;
      const parent = this.find(map[other.parent[node]!]!);
      if (parent > 0 && this.isCut(parent)) {
        map[node] = parent;
        continue;
      }
      if (this.isDeepest(parent)) {
        map[node] = this.recognised(parent, 0);
        continue;
      }
      const start = other.labelStart[node]!;
      const end = start + other.labelBytes[node]!;
      map[node] = this.add(parent, other.childClass[node]!, other.kind[node]!, other.arena, start, end);
    }
    for (let node = 1; node < other.nodes; node++) {
      let live = node;
      while (other.forward[live]! >= 0) live = other.forward[live]!;
      map[node] = this.find(map[live]!);
    }
    return map;
  }

  /** The pattern of a leaf, as bytes in latin1, ids as U+0001; `separators` by child class, from 1 on. */
  path(leaf: number, separators: string): string {
    const parts: string[] = [];
    for (let node = leaf; node > 0; node = this.parent[node]!) {
      parts.push(this.labelText(node) + (separators[this.childClass[node]! - 1] ?? ""));
    }
    return parts.reverse().join("");
  }

  /** A node's label (latin1), or the mark of an id. */
  labelText(node: number): string {
    if (this.kind[node] !== LITERAL_NODE) return ID_TEXT;
    const start = this.labelStart[node]!;
    return Buffer.from(this.arena.subarray(start, start + this.labelBytes[node]!)).toString("latin1");
  }

  /** Live literal children of a class. */
  literalsOf(node: number, childClass: number): number[] {
    const found: number[] = [];
    for (let child = this.firstChild[node]!; child >= 0; child = this.nextSibling[child]!) {
      if (
        this.childClass[child] === childClass &&
        this.kind[child] === LITERAL_NODE &&
        this.forward[child]! < 0
      ) {
        found.push(child);
      }
    }
    return found;
  }

  /** Live children of any class. */
  childrenOf(node: number): number[] {
    const found: number[] = [];
    for (let child = this.firstChild[node]!; child >= 0; child = this.nextSibling[child]!) {
      if (this.forward[child]! < 0) found.push(child);
    }
    return found;
  }

  /** Classes of a node's live literal children. */
  literalClassesOf(node: number): number[] {
    const classes = new Set<number>();
    for (const child of this.childrenOf(node)) {
      if (this.kind[child] === LITERAL_NODE) classes.add(this.childClass[child]!);
    }
    return [...classes].sort((a, b) => a - b);
  }

  export(): TrieExport {
    const { nodes, narrowness } = this;
    return {
      nodes,
      narrowness,
      parent: this.parent.slice(0, nodes),
      childClass: this.childClass.slice(0, nodes),
      kind: this.kind.slice(0, nodes),
      labelStart: this.labelStart.slice(0, nodes),
      labelBytes: this.labelBytes.slice(0, nodes),
      forward: this.forward.slice(0, nodes),
      arena: this.arena.slice(0, this.arenaEnd),
    };
  }

  /** Whether a node is the wildcard that stands for all that follows its parent. */
  private isCut(node: number): boolean {
    const parent = this.parent[node]!;
    return this.isDeepest(parent) && this.childClass[node] === 0 && this.kind[node] === RECOGNISED_NODE;
  }

  private add(
    node: number,
    childClass: number,
    kind: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): number {
    if (kind === RECOGNISED_NODE) return this.recognised(node, childClass);
    if (kind === ANY_NODE) return this.collapse(node, childClass);
    return this.literal(node, childClass, bytes, start, end, hashBytes(bytes, start, end));
  }

  private addLiteral(
    node: number,
    childClass: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    mixed: number,
  ): number {
    const at = node * CLASSES + childClass;
    if (this.literals[at]! >= this.caps[this.level[node]!]!) return this.collapse(node, childClass);
    this.literals[at] = this.literals[at]! + 1;
    const made = this.create(node, childClass, LITERAL_NODE, this.level[node]! + 1);
    this.setLabel(made, bytes, start, end);
    this.hashes[made] = mixed;
    if (this.nodes * 2 > this.slots.length) this.growSlots();
    else this.placeInSlots(made);
    return made;
  }

  /** Moves everything below `source` under `target`; `source` is dead then. */
  private unite(target: number, source: number): void {
    this.forward[source] = target;
    for (let child = this.firstChild[source]!; child >= 0; child = this.nextSibling[child]!) {
      if (this.forward[child]! >= 0) continue;
      const start = this.labelStart[child]!;
      const end = start + this.labelBytes[child]!;
      const into = this.add(
        this.find(target),
        this.childClass[child]!,
        this.kind[child]!,
        this.arena,
        start,
        end,
      );
      this.unite(into, child);
    }
  }

  private labelIs(node: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.labelBytes[node] !== end - start) return false;
    const arena = this.arena;
    for (let p = start, q = this.labelStart[node]!; p < end; p++, q++)
      if (bytes[p] !== arena[q]) return false;
    return true;
  }

  private setLabel(node: number, bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (this.arenaEnd + length > this.arena.length)
      this.arena = grown(this.arena, new Uint8Array(this.arena.length * 2));
    for (let p = start, q = this.arenaEnd; p < end; p++, q++) this.arena[q] = bytes[p]!;
    this.labelStart[node] = this.arenaEnd;
    this.labelBytes[node] = length;
    this.arenaEnd += length;
  }

  private create(parent: number, childClass: number, kind: number, level: number): number {
    const node = this.nodes++;
    if (node === this.parent.length) this.growNodes();
    this.parent[node] = parent;
    this.childClass[node] = childClass;
    this.kind[node] = kind;
    this.level[node] = level;
    this.depthOf[node] = parent < 0 ? 0 : this.depthOf[parent]! + 1;
    this.forward[node] = -1;
    this.firstChild[node] = -1;
    this.nextSibling[node] = -1;
    this.wild.fill(-1, node * CLASSES, node * CLASSES + CLASSES);
    this.any.fill(-1, node * CLASSES, node * CLASSES + CLASSES);
    if (parent >= 0) {
      this.nextSibling[node] = this.firstChild[parent]!;
      this.firstChild[parent] = node;
    }
    return node;
  }

  private growNodes(): void {
    const size = this.parent.length * 2;
    this.parent = grown(this.parent, new Int32Array(size));
    this.childClass = grown(this.childClass, new Uint8Array(size));
    this.kind = grown(this.kind, new Uint8Array(size));
    this.labelStart = grown(this.labelStart, new Int32Array(size));
    this.labelBytes = grown(this.labelBytes, new Uint8Array(size));
    this.forward = grown(this.forward, new Int32Array(size));
    this.depthOf = grown(this.depthOf, new Uint8Array(size));
    this.level = grown(this.level, new Uint8Array(size));
    this.firstChild = grown(this.firstChild, new Int32Array(size));
    this.nextSibling = grown(this.nextSibling, new Int32Array(size));
    this.hashes = grown(this.hashes, new Int32Array(size));
    this.literals = grown(this.literals, new Uint16Array(size * CLASSES));
    this.wild = grown(this.wild, new Int32Array(size * CLASSES));
    this.any = grown(this.any, new Int32Array(size * CLASSES));
  }

  private growSlots(): void {
    this.slots = new Int32Array(this.slots.length * 2).fill(-1);
    for (let node = 1; node < this.nodes; node++) {
      if (this.kind[node] === LITERAL_NODE && this.forward[node]! < 0) this.placeInSlots(node);
    }
  }

  private placeInSlots(node: number): void {
    const mask = this.slots.length - 1;
    const mixed = this.hashes[node]!;
    let slot = (mixed ^ (mixed >>> 15)) & mask;
    while (this.slots[slot]! >= 0) slot = (slot + 1) & mask;
    this.slots[slot] = node;
  }
}

function mix(hash: number, node: number, childClass: number): number {
  return Math.imul(hash ^ Math.imul(node * CLASSES + childClass + 1, 0x9e3779b1 | 0), 0x85ebca6b | 0);
}

function grown<T extends Uint8Array | Uint16Array | Int32Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
