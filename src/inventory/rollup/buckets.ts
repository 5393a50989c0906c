import { IDLE_BOUNDS, SIZE_CLASS_BOUNDS, SKETCH_GAMMA } from "../schema.ts";

/** Index of the size class of a key: the first whose upper bound is not below `bytes`. */
export function sizeClassOf(bytes: number): number {
  let i = 0;
  while (i < SIZE_CLASS_BOUNDS.length && bytes > SIZE_CLASS_BOUNDS[i]!) i++;
  return i;
}

const LOG_GAMMA = Math.log(SKETCH_GAMMA);
const SMALL = new Uint16Array(65536);
for (let v = 2; v < SMALL.length; v++) SMALL[v] = Math.ceil(Math.log(v) / LOG_GAMMA);

/** Sketch bucket of a value: `b` holds the values in (gamma^(b-1), gamma^b]; 0 holds 0 and 1. */
export function sketchBucketOf(value: number): number {
  return value < SMALL.length ? SMALL[value]! : Math.ceil(Math.log(value) / LOG_GAMMA);
}

const HOUR_MS = 3_600_000;
const HOURS_A_DAY = 24;
const NEAR_HOURS = 45 * HOURS_A_DAY;
const FAR_HOURS = 5 * 366 * HOURS_A_DAY;
const DISTANT_HOURS = 200 * 366 * HOURS_A_DAY;

/**
 * The bucket an expiry is counted under, named by the hours from the snapshot's time to where it begins: negative for
 * what has expired. A bucket of `expiryBucketHours(b)` hours has the expiries after its beginning and up to its end,
 * as a key whose time is the snapshot's own has expired. Within 45 days of the snapshot it is an hour; within 5 years
 * a day; within 200 years 30 days; what is further counts there. So a pattern has some 7,000 buckets at most,
 * whatever a snapshot says.
 */
export function expiryBucketOf(expiresAt: number, createdAt: number): number {
  const begun = Math.ceil((expiresAt - createdAt) / HOUR_MS) - 1;
  const hour = Math.max(-DISTANT_HOURS, Math.min(DISTANT_HOURS - 1, begun));
  const step = expiryBucketHours(hour);
  return Math.floor(hour / step) * step;
}

/** Hours that the bucket with this hour in it is long. */
export function expiryBucketHours(hour: number): number {
  if (hour >= -NEAR_HOURS && hour < NEAR_HOURS) return 1;
  return hour >= -FAR_HOURS && hour < FAR_HOURS ? HOURS_A_DAY : 30 * HOURS_A_DAY;
}

/** Index in `IDLE_BOUNDS` of the class of an idle time in seconds: the last whose bound it reaches. */
export function idleClassOf(idleSeconds: number): number {
  let i = 0;
  while (i + 1 < IDLE_BOUNDS.length && idleSeconds >= IDLE_BOUNDS[i + 1]!) i++;
  return i;
}
