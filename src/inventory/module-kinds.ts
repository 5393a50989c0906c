/** Kinds of core types: `type * 64 + encoding`. Kinds of modules follow, one a module, in order of appearance. */
export const ENCODING_LIMIT = 64;
export const FIRST_MODULE_KIND = 2048;
const MAX_MODULES = 512;

/** Words of the shared table before its ids: a lock, how many kinds there are, and how many of them an inventory has already. */
const HEAD_WORDS = 3;

/** Bytes of the shared table of a run. */
export const MODULE_TABLE_BYTES = (HEAD_WORDS + MAX_MODULES * 2) * 4;

/** The id of a module type: its upper and its lower 32 bits. */
export interface ModuleId {
  readonly high: number;
  readonly low: number;
}

/** Numbers the modules of a snapshot, the same for all threads. */
export class ModuleKinds {
  private readonly words: Int32Array;

  constructor(shared: SharedArrayBuffer) {
    this.words = new Int32Array(shared);
  }

  /** The kind of a module id; beyond the table's end all share the last one. */
  kindOf(high: number, low: number): number {
    const w = this.words;
    while (Atomics.compareExchange(w, 0, 0, 1) !== 0) Atomics.wait(w, 0, 1, 1);
    const count = w[1]!;
    let i = w[2]!;
    while (i < count && (w[HEAD_WORDS + i * 2] !== high || w[HEAD_WORDS + 1 + i * 2] !== low)) i++;
    if (i === count && count < MAX_MODULES) {
      w[HEAD_WORDS + i * 2] = high;
      w[HEAD_WORDS + 1 + i * 2] = low;
      w[1] = count + 1;
    }
    Atomics.store(w, 0, 0);
    return FIRST_MODULE_KIND + Math.min(i, MAX_MODULES - 1);
  }

  /** Begins behind kinds that an inventory has already, with modules that were numbered before. */
  begin(existing: number, ids: readonly ModuleId[]): void {
    const first = Math.min(existing, MAX_MODULES);
    this.words[1] = first;
    this.words[2] = first;
    for (const { high, low } of ids) this.kindOf(high, low);
  }

  /** The first kind of this run. */
  get first(): number {
    return FIRST_MODULE_KIND + this.words[2]!;
  }

  /** The ids known, in the order of their kinds from `first` on. */
  ids(): ModuleId[] {
    const [, count, first] = this.words as unknown as [number, number, number];
    return Array.from({ length: count - first }, (_, i) => ({
      high: this.words[HEAD_WORDS + (first + i) * 2]!,
      low: this.words[HEAD_WORDS + 1 + (first + i) * 2]!,
    }));
  }
}
