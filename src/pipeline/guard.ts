import type { WorkerPool } from "./pool.ts";

/**
 * Runs work on a pool until it is done, the signal aborts it, or a thread cannot even start; then ends the pool.
 * @throws the signal's reason, or {IoError}, or what the work throws
 */
export async function runGuarded<T>(
  pool: WorkerPool,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  let stop: (reason: unknown) => void = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = reject;
  });
  const abort = () => stop(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  pool.onFailure(stop);
  try {
    return await Promise.race([work(), stopped]);
  } finally {
    signal?.removeEventListener("abort", abort);
    await pool.close();
  }
}
