/** Kinds of core types: `type * 64 + encoding`. Kinds of modules follow, one a module, in order of appearance. */
export const ENCODING_LIMIT = 64;
export const FIRST_MODULE_KIND = 2048;
const MAX_MODULES = 512;

/** Bytes of the shared table of a run. */
export const MODULE_TABLE_BYTES = 8 + MAX_MODULES * 8;

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
    let i = 0;
    while (i < count && (w[2 + i * 2] !== high || w[3 + i * 2] !== low)) i++;
    if (i === count && count < MAX_MODULES) {
      w[2 + i * 2] = high;
      w[3 + i * 2] = low;
      w[1] = count + 1;
    }
    Atomics.store(w, 0, 0);
    return FIRST_MODULE_KIND + Math.min(i, MAX_MODULES - 1);
  }

  /** The ids known, in the order of their kinds. */
  ids(): { high: number; low: number }[] {
    return Array.from({ length: this.words[1]! }, (_, i) => ({
      high: this.words[2 + i * 2]!,
      low: this.words[3 + i * 2]!,
    }));
  }
}
