import type { Allocator } from "../allocators/index.ts";

/** DICT_HT_INITIAL_SIZE, dict.h, Redis 7.2.6. */
export const DICT_HT_INITIAL_SIZE = 4;
/** A pointer to a bucket's first entry. */
const BUCKET_BYTES = 8;

/** Buckets of a table expanded for `size` entries. Mirrors _dictNextExp(), dict.c, Redis 7.2.6. Exact. */
export function dictNextSize(size: number): number {
  let buckets = DICT_HT_INITIAL_SIZE;
  while (buckets < size) buckets *= 2;
  return buckets;
}

/** Buckets expected not to be empty after `entries` random insertions into `buckets`. */
export function occupiedBuckets(buckets: number, entries: number): number {
  return -buckets * Math.expm1(entries * Math.log1p(-1 / buckets));
}

/** Chance that a bucket of so many is left out by so many random insertions. */
function missed(buckets: number, insertions: number): number {
  return Math.exp(insertions * Math.log1p(-1 / buckets));
}

/**
 * The bucket arrays of a dict while it is being loaded, without its entries: call what the server's
 * loader calls. A dict that is too small gets a second array, and each later insertion moves one bucket
 * of the first that is not empty, so that the load may end before the move does. How many buckets there
 * are to move is random (hash seed): the expected number is taken. Mirrors dictExpand(), dictRehash(),
 * _dictExpandIfNeeded() and dictAddRaw(), dict.c, Redis 4.0.14 to 8.6.3. The likeliest state;
 * `maybeMore` and `maybeLess` tell when it may be another.
 */
export class DictLoad {
  /** Buckets of the first array, and of the second while it is being rehashed, else 0. */
  first = 0;
  second = 0;
  private used = 0;
  private toMove = 0;
  /**
   * Of the last rehashing: buckets of its first array, how far its length may be off, entries
   * there were when it began, buckets moved since, insertions since it ended.
   */
  private from = 0;
  private spread = 0;
  private moving = 0;
  private moved = 0;
  private idle = 0;

  reset(): void {
    this.first = 0;
    this.second = 0;
    this.used = 0;
    this.from = 0;
    this.spread = 0;
  }

  /** A dict made for `entries` entries, which then go in. */
  fill(entries: number): void {
    this.reset();
    this.expand(entries);
    this.insert(entries);
  }

  /**
   * Makes room for `size` entries, unless it is being rehashed or holds more. An empty
   * dict takes the new array at once: before Redis 7.4 only at the next insertion, which
   * comes to the same. Mirrors dictExpand(), dict.c.
   */
  expand(size: number): void {
    if (this.second !== 0 || this.used > size) return;
    const buckets = dictNextSize(size);
    if (buckets === this.first) return;
    if (this.used === 0) {
      this.first = buckets;
      return;
    }
    this.second = buckets;
    this.from = this.first;
    this.toMove = Math.max(1, Math.round(occupiedBuckets(this.first, this.used)));
    this.spread = this.used === 1 ? 0 : moveSpread(this.first);
    this.moving = this.used;
    this.moved = 0;
  }

  /** Adds `count` entries. */
  insert(count: number): void {
    let left = count;
    if (this.first === 0 && left > 0) left -= this.grow(left);
    while (left > 0) {
      const free = this.first - this.used;
      if (this.second !== 0) {
        this.step();
        this.insertOne();
        left--;
      } else if (free > 0) {
        const filled = Math.min(left, free);
        this.used += filled;
        this.idle += filled;
        left -= filled;
      } else {
        this.insertOne();
        left--;
      }
    }
  }

  /** Fills an empty dict until its last doubling is due: how many entries that takes of `count`. */
  private grow(count: number): number {
    this.first = dictNextSize(Math.ceil(count / 2));
    this.used = Math.min(count, this.first);
    return this.used;
  }

  private step(): void {
    this.moved++;
    if (--this.toMove > 0) return;
    this.first = this.second;
    this.second = 0;
    this.idle = -1;
  }

  private insertOne(): void {
    if (this.second === 0 && this.used >= this.first) this.expand(this.used + 1);
    else this.idle++;
    this.used++;
  }

  /**
   * Whether the last rehashing may have ended, or not, unlike here; `other` becomes the dict in that case.
   */
  fork(other: DictLoad): boolean {
    const ended = this.maybeMore > 0;
    if (!ended && this.maybeLess === 0) return false;
    other.first = ended ? this.from : this.second;
    other.second = ended ? this.first : 0;
    other.used = this.used;
    other.from = this.from;
    other.spread = this.spread;
    other.toMove = 1;
    other.moving = this.moving;
    other.moved = this.moved;
    other.idle = 0;
    return true;
  }

  /**
   * Buckets expected not to be empty, of both arrays while it is being rehashed: each new entry then moves
   * the bucket of the first array that its hash stands for, or else the next one in order, so that new entries
   * come to moved ones more often than to empty buckets; the entry that made it grow moves none. Mirrors
   * _dictRehashStepIfNeeded() and dictFindLinkForInsert(), dict.c, Redis 8.6.3.
   */
  get occupied(): number {
    const { first, second, moving, moved, used } = this;
    if (second === 0) return occupiedBuckets(first, used);
    const others = used - moving - moved;
    const empty = missed(first, moving);
    const inUse = first * (1 - empty);
    const left = Math.max(0, inUse - moved);
    const notHit = missed(first, moved);
    const partNotHit = missed(second, moved);
    const partEmpty = (missed(second, moving) - empty) / (1 - empty);
    const inOrder = 1 - Math.min(1, left / inUse / notHit);
    const parts =
      empty * (1 - partNotHit) +
      (1 - empty) * inOrder * (1 - partEmpty * partNotHit) +
      (1 - empty) * (1 - inOrder) * (1 - notHit - partEmpty * (partNotHit - notHit));
    return left + second * (1 - (1 - parts) * missed(second, others));
  }

  /** Bytes of all buckets. */
  get bytes(): number {
    return BUCKET_BYTES * (this.first + this.second);
  }

  /** The same as an allocator holds them. */
  heapBytes({ goodSize }: Allocator): number {
    const { first, second } = this;
    if (first === 0) return 0;
    return goodSize(BUCKET_BYTES * first) + (second === 0 ? 0 : goodSize(BUCKET_BYTES * second));
  }

  /** Bytes that may be there too: the array of a rehashing that may not have ended. */
  get maybeMore(): number {
    return this.spread > 0 && this.second === 0 && this.idle < this.spread ? BUCKET_BYTES * this.from : 0;
  }

  /** Bytes that may not be there: the array of a rehashing that may have ended. */
  get maybeLess(): number {
    return this.second !== 0 && this.moved > 0 && this.toMove <= this.spread ? BUCKET_BYTES * this.first : 0;
  }
}

/** About three standard deviations of the number of buckets that are not empty. */
function moveSpread(buckets: number): number {
  return 1 + Math.ceil(Math.sqrt(buckets));
}
