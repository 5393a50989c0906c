import { type SpilledRows, WORD } from "./spill.ts";

/** What is told of rows without a partner that equals them. Places are words of `SpilledRows`. */
export interface Differences {
  /** The same key on both sides, in another pattern, and else the same. */
  refiled(old: number, now: number): void;
  changed(old: number, now: number): void;
  added(now: number): void;
  removed(old: number): void;
}

const NONE = -1;

/**
 * Finds the partners among the rows of one partition, by database and name: a hash table of the old rows, in which names are compared
 * to the byte. Equal rows are paired first, so that names that a damaged snapshot has twice are paired with themselves.
 */
export class Join {
  private heads = new Int32Array(0);
  private next = new Int32Array(0);
  private paired = new Uint8Array(0);
  /** New rows without an equal partner. */
  private left = new Int32Array(0);
  private readonly old: SpilledRows;
  private readonly now: SpilledRows;
  private readonly to: Differences;

  constructor(old: SpilledRows, now: SpilledRows, to: Differences) {
    this.old = old;
    this.now = now;
    this.to = to;
  }

  /** Joins what the rows hold now. */
  run(): void {
    this.index();
    const { old, now, to } = this;
    let left = 0;
    for (let i = 0; i < now.count; i++) {
      const word = now.starts[i]!;
      const at = this.find(word, true);
      if (at === NONE) {
        this.left[left++] = word;
        continue;
      }
      this.paired[at] = 1;
      const partner = old.starts[at]!;
      if (old.patternOf(partner) !== now.patternOf(word)) to.refiled(partner, word);
    }
    for (let i = 0; i < left; i++) {
      const word = this.left[i]!;
      const at = this.find(word, false);
      if (at === NONE) to.added(word);
      else {
        this.paired[at] = 1;
        to.changed(old.starts[at]!, word);
      }
    }
    for (let i = 0; i < old.count; i++) if (this.paired[i] === 0) to.removed(old.starts[i]!);
  }

  private index(): void {
    const { old } = this;
    const size = 2 ** Math.ceil(Math.log2(Math.max(16, old.count * 2)));
    if (this.heads.length < size) this.heads = new Int32Array(size);
    if (this.next.length < old.count) {
      this.next = new Int32Array(old.count);
      this.paired = new Uint8Array(old.count);
    }
    if (this.left.length < this.now.count) this.left = new Int32Array(this.now.count);
    this.heads.fill(NONE);
    this.paired.fill(0, 0, old.count);
    const mask = this.heads.length - 1;
    for (let i = 0; i < old.count; i++) {
      const slot = old.words[old.starts[i]! + WORD.hash]! & mask;
      this.next[i] = this.heads[slot]!;
      this.heads[slot] = i;
    }
  }

  /** An old row of the same name that has no partner yet; with `equal`, one whose facts are the same too. */
  private find(word: number, equal: boolean): number {
    const { old, now, next, paired } = this;
    const hash = now.words[word + WORD.hash]!;
    for (let i = this.heads[hash & (this.heads.length - 1)]!; i !== NONE; i = next[i]!) {
      const partner = old.starts[i]!;
      if (old.words[partner + WORD.hash] !== hash || paired[i] === 1) continue;
      if (this.isSameName(partner, word) && (!equal || this.isSame(partner, word))) return i;
    }
    return NONE;
  }

  private isSameName(partner: number, word: number): boolean {
    const { old, now } = this;
    const bytes = now.words[word + WORD.nameBytes]!;
    if (old.words[partner + WORD.hashAgain] !== now.words[word + WORD.hashAgain]) return false;
    if (old.words[partner + WORD.nameBytes] !== bytes) return false;
    if (old.words[partner + WORD.db] !== now.words[word + WORD.db]) return false;
    const a = old.nameAt(partner) >> 2;
    const b = now.nameAt(word) >> 2;
    for (let i = 0; i << 2 < bytes; i++) if (old.words[a + i] !== now.words[b + i]) return false;
    return true;
  }

  private isSame(partner: number, word: number): boolean {
    const { old, now } = this;
    return (
      old.kindOf(partner) === now.kindOf(word) &&
      old.bytesOf(partner) === now.bytesOf(word) &&
      Object.is(old.elementsOf(partner), now.elementsOf(word)) &&
      Object.is(old.expiryOf(partner), now.expiryOf(word))
    );
  }
}
