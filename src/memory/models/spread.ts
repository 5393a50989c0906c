import type { Bill } from "../bill.ts";

/** Spreads that are kept. */
const CACHE_SIZE = 1 << 16;

/** A normal variable is within so many standard deviations 98 times in 100. */
export const BAND_DEVIATIONS = 2.326;

/** A whole number that chance decides: its moments, and bounds that hold it in 98 of 100 draws. */
export interface Spread {
  readonly mean: number;
  readonly variance: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Bounds of a sum of many small random numbers that is never negative, from its mean, variance and third
 * central moment: the Cornish-Fisher expansion, rounded outwards; the lower one without its correction, which
 * can be too much for few and lopsided numbers. An approximation.
 */
export function spreadOf(mean: number, variance: number, third: number): Spread {
  if (variance <= 0) return { mean, variance: 0, low: mean, high: mean };
  const deviation = Math.sqrt(variance);
  const shift = Math.max(0, ((BAND_DEVIATIONS ** 2 - 1) * third) / (6 * variance));
  return {
    mean,
    variance,
    low: Math.max(0, Math.floor(mean - BAND_DEVIATIONS * deviation)),
    high: Math.ceil(mean + BAND_DEVIATIONS * deviation + shift),
  };
}

/** The same from the chance of each number (its index). Exact. */
export function spreadFrom(chances: Float64Array): Spread {
  const tail = 0.01;
  let mean = 0;
  let square = 0;
  for (let i = 0; i < chances.length; i++) {
    mean += i * (chances[i] as number);
    square += i * i * (chances[i] as number);
  }
  let low = 0;
  for (let below = chances[0] as number; below <= tail; below += chances[low] as number) low++;
  let high = chances.length - 1;
  for (let above = chances[high] as number; above <= tail && high > low; above += chances[high] as number)
    high--;
  return { mean, variance: Math.max(0, square - mean * mean), low, high };
}

/** Gives the bill the band of a number of structures of `bytes` bytes, of which it holds the mean, whole. */
export function expectSpread(bill: Bill, { mean, variance, low, high }: Spread, bytes: number): void {
  if (variance === 0) return;
  const expected = Math.round(bytes * mean);
  bill.expect(Math.max(0, expected - bytes * low), Math.max(0, bytes * high - expected));
}

/**
 * The same function of a power of two of buckets and the entries in them, which keeps what it has computed.
 */
export function cachedSpread(compute: (buckets: number, entries: number) => Spread): typeof compute {
  const spreads = new Map<number, Spread>();
  return (buckets, entries) => {
    const key = entries * 64 + Math.log2(buckets);
    let spread = spreads.get(key);
    if (spread === undefined) {
      if (spreads.size === CACHE_SIZE) spreads.clear();
      spread = compute(buckets, entries);
      spreads.set(key, spread);
    }
    return spread;
  };
}
