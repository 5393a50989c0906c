/**
 * What people use in place of a measurement: rules of thumb for memory beyond the data, as guides to planning have them. None of them
 * is measured: docs/sizing.md says what each is worth.
 */

/** Hours of a month, as the rule counts them. */
export const MONTH_HOURS = 720;

/** What fragmentation begins with, by what a server does most. */
export const WORKLOADS = {
  "read-heavy": 1.05,
  analytical: 1.1,
  mixed: 1.15,
  "write-heavy": 1.25,
} as const;
export type Workload = keyof typeof WORKLOADS;
export const WORKLOAD_NAMES = Object.keys(WORKLOADS) as [Workload, ...Workload[]];

export const SYNC_TYPES = ["partial", "full", "mixed"] as const;

/** It grows by so much a month without restart, to so much at most. */
export const FRAGMENTATION_A_MONTH = 0.1;
export const MAX_TIME_FACTOR = 1.5;

/** Small objects fragment more: factors for objects below so many bytes. */
const OBJECT_FACTORS = [
  { below: 64, factor: 1.2 },
  { below: 1024, factor: 1.1 },
  { below: Number.POSITIVE_INFINITY, factor: 1.05 },
] as const;

/** Factor for objects of so many bytes on average. */
export function objectFactor(bytes: number): number {
  return OBJECT_FACTORS.find(({ below }) => bytes < below)!.factor;
}

export const BACKLOG_SHARE = 0.01;
export const MAX_BACKLOG = 1024 ** 3;
/** Input and output buffer of a client, and what each command that it sends ahead takes. */
export const CLIENT_BUFFERS = 2 * 16 * 1024;
export const QUERY_BUFFER = 1024;
export const SCRIPT_BYTES = 2 * 1024;
/** A page that is written once while a save runs is there twice. */
export const PAGE_BYTES = 4096;
