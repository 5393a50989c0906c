import { SIZE_CLASS_BOUNDS, SKETCH_GAMMA } from "../schema.ts";

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
 * The bucket an expiry is counted under, named by its first hour since the epoch. Within 45 days of the snapshot
 * it is that hour; within 5 years its day; within 200 years its 30 days; what is further counts there. So a
 * pattern has some 7,000 buckets at most, whatever a snapshot says.
 */
export function expiryHourOf(expiresAt: number, createdAt: number): number {
  const now = Math.floor(createdAt / HOUR_MS);
  const hour = Math.max(now - DISTANT_HOURS, Math.min(now + DISTANT_HOURS, Math.floor(expiresAt / HOUR_MS)));
  const distance = Math.abs(hour - now);
  const step = distance <= NEAR_HOURS ? 1 : distance <= FAR_HOURS ? HOURS_A_DAY : 30 * HOURS_A_DAY;
  return Math.floor(hour / step) * step;
}
