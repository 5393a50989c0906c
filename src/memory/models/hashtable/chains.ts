import { cachedSpread, spreadFrom, spreadOf } from "../spread.ts";

/**
 * ENTRIES_PER_BUCKET, hashtable.c, Valkey 8.1.1: the last slot of a bucket with a child points to the child.
 */
export const ENTRIES_PER_BUCKET = 7;
/** Up to so many buckets the chances of every number of children are computed, above only their moments. */
const EXACT_BUCKETS = 16;
/** Chances below this are left out. */
const NEGLIGIBLE = 1e-13;

/**
 * Child buckets of a chain of `entries` entries: bucketConvertToChained(), hashtable.c, Valkey 8.1.1. Exact.
 */
export function chainChildren(entries: number): number {
  return entries <= ENTRIES_PER_BUCKET
    ? 0
    : Math.ceil((entries - ENTRIES_PER_BUCKET) / (ENTRIES_PER_BUCKET - 1));
}

/** Sums over buckets of what chance makes of their chains. */
export class ChainMoments {
  mean = 0;
  variance = 0;
  third = 0;

  reset(): void {
    this.mean = 0;
    this.variance = 0;
    this.third = 0;
  }

  /**
   * Adds `counted` of `buckets` buckets over which `entries` entries fall at random. The variance takes into
   * account that the number of entries is fixed: an entry more in one bucket is one less in the others.
   */
  add(counted: number, buckets: number, entries: number): void {
    if (buckets === 1) {
      this.mean += counted * chainChildren(entries);
      return;
    }
    const load = entries / buckets;
    let chance = Math.exp(entries * Math.log1p(-1 / buckets));
    let first = 0;
    let second = 0;
    let third = 0;
    let cross = 0;
    for (let e = 0; e <= entries && (e < load || chance > NEGLIGIBLE); e++) {
      const children = chainChildren(e);
      first += chance * children;
      second += chance * children * children;
      third += chance * children ** 3;
      cross += chance * children * e;
      chance *= (entries - e) / (e + 1) / (buckets - 1);
    }
    const spread = load * (1 - 1 / buckets);
    const covariance = cross - load * first;
    this.mean += counted * first;
    if (spread === 0) return;
    this.variance += counted * Math.max(0, second - first * first - (covariance * covariance) / spread);
    this.third += counted * (third - 3 * first * second + 2 * first ** 3);
  }
}

const moments = new ChainMoments();

/** Child buckets of a table of `buckets` (a power of two) that holds `entries`. Exact up to 16 buckets. */
export const childBuckets = cachedSpread((buckets, entries) => {
  if (buckets <= EXACT_BUCKETS && entries <= ENTRIES_PER_BUCKET * buckets) {
    return spreadFrom(chances(buckets, entries));
  }
  moments.reset();
  moments.add(buckets, buckets, entries);
  return spreadOf(moments.mean, moments.variance, moments.third);
});

const known = new Map<number, Float64Array>();

/** Chance of each number of child buckets: entries fall into one half of the buckets or the other. */
function chances(buckets: number, entries: number): Float64Array {
  const key = entries * 64 + buckets;
  let result = known.get(key);
  if (result === undefined) {
    result = buckets === 1 ? certain(chainChildren(entries)) : halves(buckets / 2, entries);
    known.set(key, result);
  }
  return result;
}

function certain(children: number): Float64Array {
  const result = new Float64Array(children + 1);
  result[children] = 1;
  return result;
}

function halves(buckets: number, entries: number): Float64Array {
  const result = new Float64Array(chainChildren(entries) + 1);
  let split = 0.5 ** entries;
  for (let left = 0; left <= entries; left++) {
    if (split > NEGLIGIBLE) convolve(chances(buckets, left), chances(buckets, entries - left), split, result);
    split *= (entries - left) / (left + 1);
  }
  return result;
}

function convolve(a: Float64Array, b: Float64Array, weight: number, into: Float64Array): void {
  for (let i = 0; i < a.length; i++) {
    const scaled = (a[i] as number) * weight;
    if (scaled === 0) continue;
    for (let j = 0; j < b.length; j++) {
      if (b[j] !== 0) into[i + j] = (into[i + j] as number) + scaled * (b[j] as number);
    }
  }
}
