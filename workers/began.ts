import { workerData } from "node:worker_threads";

/** Tells the pool that this thread has loaded what its task needs. */
export function began(): void {
  if (workerData instanceof Int32Array) Atomics.add(workerData, 0, 1);
}
