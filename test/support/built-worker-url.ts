import type { WorkerName } from "../../workers/protocol.ts";

/**
 * Stands for src/pipeline/worker-url.ts in tests: threads run what test/global-setup.ts has built of the same sources, as to load these
 * anew in each thread takes longer than most tests.
 */
export function workerUrl(worker: WorkerName): URL {
  return new URL(`../../dist/workers/${worker}.js`, import.meta.url);
}
