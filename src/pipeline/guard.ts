import type { WorkerPool } from "./pool.ts";

/**
 * As `runGuarded`, for work that has to tidy up behind itself: the end of the pool ends what it waits for, and it is waited for.
 * @throws the signal's reason, or {IoError}, or what the work throws
 */
export async function runToEnd<T>(
  pool: WorkerPool,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  let failure: unknown;
  const abort = () => void pool.close();
  signal?.addEventListener("abort", abort, { once: true });
  pool.onFailure((error) => {
    failure ??= error;
    abort();
  });
  try {
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    throw failure ?? error;
  } finally {
    signal?.removeEventListener("abort", abort);
    await pool.close();
  }
}

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
