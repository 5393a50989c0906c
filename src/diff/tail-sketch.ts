/** Hashes that a sketch keeps: of this many the smallest. */
export const SKETCH_SIZE = 512;

/** The smallest of the hashes of any number of items: a fair sample that two sets can be compared by. */
export class TailSketch {
  /** Items added, repeated ones among them. */
  items = 0;
  private readonly kept = new Uint32Array(SKETCH_SIZE);
  private count = 0;

  add(hash: number): void {
    this.items++;
    const value = hash >>> 0;
    const { kept } = this;
    if (this.count === SKETCH_SIZE && value >= kept[SKETCH_SIZE - 1]!) return;
    let at = this.count;
    while (at > 0 && kept[at - 1]! > value) at--;
    if (at > 0 && kept[at - 1] === value) return;
    kept.copyWithin(at + 1, at, Math.min(this.count, SKETCH_SIZE - 1));
    kept[at] = value;
    this.count = Math.min(this.count + 1, SKETCH_SIZE);
  }

  /** What is kept, ascending. */
  hashes(): Uint32Array {
    return this.kept.slice(0, this.count);
  }
}

/** What a sketch kept, of how many items. Structured-cloneable. */
export interface TailSample {
  readonly items: number;
  readonly hashes: Uint32Array;
}

/** Samples of parts of one set, as one. */
export function unitedSample(samples: readonly TailSample[]): TailSample {
  const hashes = [...new Set(samples.flatMap((one) => [...one.hashes]))].sort((a, b) => a - b);
  return {
    items: samples.reduce((sum, { items }) => sum + items, 0),
    hashes: Uint32Array.from(hashes.slice(0, SKETCH_SIZE)),
  };
}

/** How many items two sets have in common, and whether that is counted or estimated. */
export function commonItems(a: TailSample, b: TailSample): { items: number; isExact: boolean } {
  const inB = new Set(b.hashes);
  const isWhole = (one: TailSample) => one.hashes.length < SKETCH_SIZE;
  if (isWhole(a) && isWhole(b)) {
    return { items: a.hashes.reduce((n, hash) => n + Number(inB.has(hash)), 0), isExact: true };
  }
  const both = unitedSample([a, b]).hashes;
  const inA = new Set(a.hashes);
  const common = both.reduce((n, hash) => n + Number(inA.has(hash) && inB.has(hash)), 0);
  const jaccard = common / both.length;
  return { items: Math.round((jaccard * (a.items + b.items)) / (1 + jaccard)), isExact: false };
}
