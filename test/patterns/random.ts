/** Repeatable random numbers: the same ones for the same seed. */
export function randomNumbers(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    /** A whole number from 0 to `limit` - 1. */
    below: (limit: number) => Math.floor(next() * limit),
    /** The same, small ones more often: the n-th about 1/n as often as the first. */
    zipf: (limit: number) => Math.min(limit - 1, Math.floor(Math.exp(next() * Math.log(limit + 1))) - 1),
  };
}
