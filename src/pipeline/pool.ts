import { Piscina } from "piscina";
import { IoError, UsageError } from "../errors.ts";

/** Workers run from source and from dist alike: they have this file's own extension. */
const EXTENSION = import.meta.url.endsWith(".ts") ? ".ts" : ".js";

/** The address of a worker's entry point. */
export function workerUrl(name: "split" | "read" | "check" | "compare" | "finish"): string {
  return new URL(`../../workers/${name}${EXTENSION}`, import.meta.url).href;
}

/** @throws {UsageError} for a number of threads that cannot be */
export function checkWorkers(workers: number | undefined): void {
  if (workers !== undefined && !(Number.isInteger(workers) && workers >= 1 && workers <= 256)) {
    throw new UsageError(`workers must be a whole number from 1 to 256, not ${workers}`);
  }
}

/** A pool of threads that lives as long as one run. */
export function openPool(threads: number): Piscina {
  return new Piscina({
    filename: workerUrl("read"),
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: 60_000,
  });
}

/** Waits for a thread's answer; a thread that died is an I/O failure, not damage of the snapshot. */
export async function answerOf<T>(running: Promise<T>): Promise<T> {
  try {
    return await running;
  } catch (cause) {
    throw threadFailed(cause as Error);
  }
}

/** What to throw when a thread died: nothing it did is used. */
export function threadFailed(cause: NodeJS.ErrnoException): IoError {
  if (cause.code === "ERR_WORKER_OUT_OF_MEMORY") {
    return new IoError(
      "a worker thread ran out of memory: read with fewer, --workers N, or give each more, NODE_OPTIONS=--max-old-space-size=MB",
      { cause },
    );
  }
  return new IoError(`a worker thread failed: ${cause.message}`, { cause });
}
