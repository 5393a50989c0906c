/** Window of a thread that reads records. */
const WINDOW_BYTES = 2 ** 21;
/** Below this nothing is saved. */
const LEAST_WINDOW_BYTES = 2 ** 16;

/** Bytes of a window on a snapshot of so many: a small one is held whole in a small window. */
export function windowBytesFor(snapshotBytes: number): number {
  return Math.min(WINDOW_BYTES, Math.max(LEAST_WINDOW_BYTES, snapshotBytes));
}
