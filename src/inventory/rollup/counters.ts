/**
 * A hash table from a pair of integers to `width` sums, in typed arrays: counts millions of keys a second and
 * allocates nothing a key.
 */
export class CounterTable {
  /** First and second number of each entry's name, by entry. */
  first: Float64Array;
  second: Float64Array;
  /** `width` sums an entry. */
  sums: Float64Array;
  /** Number of entries. */
  size = 0;
  readonly width: number;
  private slots: Int32Array;
  private mask: number;

  constructor(width: number, capacity = 1024) {
    this.width = width;
    this.slots = new Int32Array(capacity * 2).fill(-1);
    this.mask = capacity * 2 - 1;
    this.first = new Float64Array(capacity);
    this.second = new Float64Array(capacity);
    this.sums = new Float64Array(capacity * width);
  }

  /** Position in `sums` of the first sum of an entry, which is made when new. */
  at(first: number, second: number): number {
    for (let slot = hash(first, second) & this.mask; ; slot = (slot + 1) & this.mask) {
      const entry = this.slots[slot]!;
      if (entry < 0) return this.insert(slot, first, second) * this.width;
      if (this.first[entry] === first && this.second[entry] === second) return entry * this.width;
    }
  }

  private insert(slot: number, first: number, second: number): number {
    if (this.size === this.first.length) {
      this.grow();
      return this.at(first, second) / this.width;
    }
    const entry = this.size++;
    this.slots[slot] = entry;
    this.first[entry] = first;
    this.second[entry] = second;
    return entry;
  }

  private grow(): void {
    const capacity = this.first.length * 2;
    this.first = copied(this.first, capacity);
    this.second = copied(this.second, capacity);
    this.sums = copied(this.sums, capacity * this.width);
    this.slots = new Int32Array(capacity * 2).fill(-1);
    this.mask = capacity * 2 - 1;
    for (let entry = 0; entry < this.size; entry++) {
      let slot = hash(this.first[entry]!, this.second[entry]!) & this.mask;
      while (this.slots[slot]! >= 0) slot = (slot + 1) & this.mask;
      this.slots[slot] = entry;
    }
  }

  /** The entries alone, for another thread. */
  export(): CounterExport {
    return {
      width: this.width,
      first: this.first.slice(0, this.size),
      second: this.second.slice(0, this.size),
      sums: this.sums.slice(0, this.size * this.width),
    };
  }
}

export interface CounterExport {
  readonly width: number;
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly sums: Float64Array;
}

function copied(from: Float64Array, length: number): Float64Array {
  const to = new Float64Array(length);
  to.set(from);
  return to;
}

/** Another one in each process, so that no snapshot can be made whose numbers all meet in one slot. */
const SEED = Math.floor(Math.random() * 4294967296) | 0;

function hash(first: number, second: number): number {
  const low = Math.imul((second | 0) ^ SEED, 0x9e3779b1);
  const high = Math.imul((second * HIGH_HALF) | 0, 0xc2b2ae35);
  const h = (low + high + Math.imul(first | 0, 0x27d4eb2f)) | 0;
  const mixed = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}

/** What makes the high half of an integer of it. */
const HIGH_HALF = 2 ** -32;
