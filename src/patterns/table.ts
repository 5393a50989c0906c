import { BYTE_CLASS, LITERAL, recognise, SCRATCH, shapeOf, WILDCARD } from "./segments.ts";
import { HASH_BASIS, hashBytes, INTERIOR, MAX_DEPTH, MAX_NODES, Trie, type TrieExport } from "./trie.ts";

const COLON = 0x3a;
const BRACE_BIT = 16;

/** A table's knowledge, structured-cloneable: its trie, and the trie's leaf of every raw id. */
export interface PatternExport {
  readonly trie: TrieExport;
  readonly leaves: Int32Array;
}

/** Learns the key-name templates of the keys it is shown; a raw id stands for a template known only after `mergePatterns`. */
export class PatternTable {
  private trie = new Trie(false);
  private idOfNode = new Int32Array(1024).fill(-1);
  private leaves = new Int32Array(1024);
  private ids = 0;

  /** Classifies the key in `[start, end)`: a raw id, dense from 0. */
  classify(buffer: Uint8Array, start: number, end: number): number {
    if (this.trie.nodes > MAX_NODES) this.shrink();
    const trie = this.trie;
    let node = 0;
    let segmentStart = start;
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      let hash = HASH_BASIS;
      let mask = 0;
      let p = segmentStart;
      for (; p < end; p++) {
        const byte = buffer[p]!;
        if (byte === COLON) break;
        mask |= BYTE_CLASS[byte]!;
        hash = Math.imul(hash ^ byte, 0x01000193);
      }
      const goesOn = p < end ? INTERIOR : 0;
      const what = recognise(buffer, segmentStart, p, mask);
      if (what <= WILDCARD) {
        node = trie.recognised(node, goesOn + WILDCARD - what);
      } else if (what === LITERAL) {
        const shape = (mask & BRACE_BIT) === 0 ? 0 : shapeOf(buffer, segmentStart, p);
        node = trie.literal(node, goesOn + shape, buffer, segmentStart, p, hash);
      } else {
        const shape = (mask & BRACE_BIT) === 0 ? 0 : shapeOf(SCRATCH, 0, what);
        node = trie.literal(node, goesOn + shape, SCRATCH, 0, what, hashBytes(SCRATCH, 0, what));
      }
      if (goesOn === 0) return this.idOf(node);
      segmentStart = p + 1;
    }
    return this.idOf(trie.recognised(node, 0));
  }

  /** Number of raw ids handed out. */
  get size(): number {
    return this.ids;
  }

  /** Everything `mergePatterns` needs; the table may go on classifying. */
  export(): PatternExport {
    return { trie: this.trie.export(), leaves: this.leaves.slice(0, this.ids) };
  }

  private idOf(leaf: number): number {
    if (leaf < this.idOfNode.length) {
      const known = this.idOfNode[leaf]!;
      if (known >= 0) return known;
    } else {
      const larger = new Int32Array(Math.max(leaf + 1, this.idOfNode.length * 2)).fill(-1);
      larger.set(this.idOfNode);
      this.idOfNode = larger;
    }
    if (this.ids === this.leaves.length) {
      const larger = new Int32Array(this.ids * 2);
      larger.set(this.leaves);
      this.leaves = larger;
    }
    this.leaves[this.ids] = leaf;
    this.idOfNode[leaf] = this.ids;
    return this.ids++;
  }

  /** Drops dead nodes; when that frees less than half, narrows the trie for good. */
  private shrink(): void {
    const before = this.trie.export();
    let trie = new Trie(before.strict);
    let map = trie.absorb(before);
    if (trie.nodes > MAX_NODES / 2 && !before.strict) {
      trie = new Trie(true);
      map = trie.absorb(before);
    }
    this.idOfNode = new Int32Array(trie.nodes).fill(-1);
    for (let id = this.ids - 1; id >= 0; id--) {
      const leaf = map[this.leaves[id]!]!;
      this.leaves[id] = leaf;
      this.idOfNode[leaf] = id;
    }
    this.trie = trie;
  }
}
