import { Classifier } from "./classifier.ts";
import type { PatternModel } from "./model.ts";
import { Segments } from "./segments.ts";
import { OwnTemplates, type PatternSettings } from "./settings.ts";
import { MAX_NODES, NARROWEST, Trie, type TrieExport } from "./trie.ts";

/** A table's knowledge, structured-cloneable. */
export interface PatternExport {
  /** What no model had a pattern for. */
  readonly trie: TrieExport;
  /** By raw id: the leaf in `trie`, or -1 when `texts` has its pattern. */
  readonly leaves: Int32Array;
  readonly texts: readonly (string | undefined)[];
  /** By raw id: names that have it. */
  readonly names: Float64Array;
  /** What parted the names: see `Trie.path`. */
  readonly separators: string;
}

/** Raw ids from which on users' expressions make no new patterns: those that leave much of a name as it is make one a name. */
const MAX_OWN = 2 ** 17;

/** Knows the raw ids of some names, without looking at them closely: those that have the form of one that was kept. */
export interface Recall {
  /** Keeps the raw id of names of the same form as the one that is being classified. */
  keep(id: number): void;
  forget(): void;
}

/** Gives names their patterns: users' own, those of the model, else what a trie finds; a raw id stands for one. */
export class PatternTable {
  private trie = new Trie(0);
  private idOfNode = new Int32Array(1024).fill(-1);
  private leaves = new Int32Array(1024);
  private names = new Float64Array(1024);
  private readonly texts: (string | undefined)[] = [];
  private readonly idOfText = new Map<string, number>();
  private ids = 0;
  private readonly segments: Segments;
  private readonly recall: Recall | undefined;
  private readonly classOf = new Uint8Array(256);
  private readonly own: OwnTemplates | undefined;
  private classifier: Classifier | undefined;
  /** Raw ids of the model's templates. */
  private modelIds = new Int32Array(0);

  /** `recall`: told of what was found, where it is the same for all names of a form. */
  constructor(settings: PatternSettings = {}, recall?: Recall) {
    this.recall = recall;
    this.segments = new Segments(settings.separators, settings.depth);
    const { separatorsUsed } = this.segments;
    for (let i = 0; i < separatorsUsed.length; i++) this.classOf[separatorsUsed.charCodeAt(i)] = i + 1;
    this.own = settings.templates === undefined ? undefined : new OwnTemplates(settings.templates);
  }

  /** The names that follow are of the databases that the model was learnt for. */
  use(model: PatternModel): void {
    this.classifier = model.templates.length === 0 ? undefined : new Classifier(model);
    this.modelIds = Int32Array.from(model.templates, (text) => this.idOf(text));
    this.recall?.forget();
  }

  /** Counts a name whose raw id is known. */
  count(id: number): void {
    this.names[id]! += 1;
  }

  /** Classifies the name in `[start, end)`: a raw id, dense from 0. */
  classify(buffer: Uint8Array, start: number, end: number): number {
    const id = this.find(buffer, start, end);
    this.names[id]! += 1;
    return id;
  }

  private find(buffer: Uint8Array, start: number, end: number): number {
    const own = this.own?.find(buffer, start, end);
    if (own !== undefined && (this.ids < MAX_OWN || this.idOfText.has(own))) return this.idOf(own);
    const { segments, classifier } = this;
    segments.read(buffer, start, end);
    if (classifier !== undefined) {
      const template = classifier.find(segments);
      if (template >= 0) {
        const id = this.modelIds[template]!;
        if (this.own === undefined && segments.isSteady) this.recall?.keep(id);
        return id;
      }
    }
    return this.idOfLeaf(this.leafOf(segments));
  }

  private leafOf(segments: Segments): number {
    if (this.trie.nodes > MAX_NODES) this.shrink();
    const { trie } = this;
    const { starts, ends, hashes, separators, texts, count } = segments;
    let node = 0;
    for (let i = 0; i < count; i++) {
      if (trie.isDeepest(node)) return trie.recognised(node, 0);
      const childClass = this.classOf[separators[i]!]!;
      node = segments.isNumber(i)
        ? trie.recognised(node, childClass)
        : trie.literal(node, childClass, texts[i]!, starts[i]!, ends[i]!, hashes[i]!);
    }
    return node;
  }

  /** Number of raw ids handed out. */
  get size(): number {
    return this.ids;
  }

  /** Everything `mergePatterns` needs; the table may go on classifying. */
  export(): PatternExport {
    const { ids, texts } = this;
    return {
      trie: this.trie.export(),
      leaves: this.leaves.slice(0, ids),
      texts: [...texts],
      names: this.names.slice(0, ids),
      separators: this.segments.separatorsUsed,
    };
  }

  private idOf(text: string): number {
    let id = this.idOfText.get(text);
    if (id === undefined) {
      id = this.add(-1);
      this.idOfText.set(text, id);
      this.texts[id] = text;
    }
    return id;
  }

  private idOfLeaf(leaf: number): number {
    if (leaf < this.idOfNode.length) {
      const known = this.idOfNode[leaf]!;
      if (known >= 0) return known;
    } else {
      const larger = new Int32Array(Math.max(leaf + 1, this.idOfNode.length * 2)).fill(-1);
      larger.set(this.idOfNode);
      this.idOfNode = larger;
    }
    const id = this.add(leaf);
    this.idOfNode[leaf] = id;
    return id;
  }

  private add(leaf: number): number {
    const id = this.ids++;
    if (id === this.leaves.length) {
      const leaves = new Int32Array(id * 2);
      leaves.set(this.leaves);
      this.leaves = leaves;
      const names = new Float64Array(id * 2);
      names.set(this.names);
      this.names = names;
    }
    this.leaves[id] = leaf;
    this.texts.push(undefined);
    return id;
  }

  /** Drops dead nodes; while that frees less than half, narrows the trie for good. */
  private shrink(): void {
    const before = this.trie.export();
    let trie = new Trie(before.narrowness);
    let map = trie.absorb(before);
    while (trie.nodes > MAX_NODES / 2 && trie.narrowness < NARROWEST) {
      trie = new Trie(trie.narrowness + 1);
      map = trie.absorb(before);
    }
    this.idOfNode = new Int32Array(trie.nodes).fill(-1);
    for (let id = this.ids - 1; id >= 0; id--) {
      if (this.leaves[id]! < 0) continue;
      const leaf = trie.find(map[this.leaves[id]!]!);
      this.leaves[id] = leaf;
      this.idOfNode[leaf] = id;
    }
    this.trie = trie;
  }
}
