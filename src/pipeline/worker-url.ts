import type { WorkerName } from "../../workers/protocol.ts";

/** Workers run from source and from dist alike: they have this file's own extension. */
const EXTENSION = import.meta.url.endsWith(".ts") ? ".ts" : ".js";

/** Where the code of a worker is. */
export function workerUrl(worker: WorkerName): URL {
  return new URL(`../../workers/${worker}${EXTENSION}`, import.meta.url);
}
