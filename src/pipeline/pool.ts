import os from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Transferable } from "node:worker_threads";
import { Piscina } from "piscina";
import type { WorkerName } from "../../workers/protocol.ts";
import { RunError, UsageError } from "../errors.ts";
import { workerUrl } from "./worker-url.ts";

/** How long threads that load are waited for, and how often they are looked at. */
const CALM_MS = 5000;
const LOOK_MS = 2;
/** What a reader gets through while another one starts, compressed. */
const BYTES_A_READER = 4 * 2 ** 20;

/** @throws {UsageError} for a number of threads that cannot be */
export function checkWorkers(workers: number | undefined): void {
  if (workers !== undefined && !(Number.isInteger(workers) && workers >= 1 && workers <= 256)) {
    throw new UsageError(`workers must be a whole number from 1 to 256, not ${workers}`);
  }
}

/**
 * Threads that read a snapshot of so many bytes, when nobody says how many: as many as the machine has, and fewer where starting one
 * takes longer than it saves. `bytes` is of the file, which may be compressed; 0: unknown.
 */
export function readersFor(bytes: number, workers: number | undefined): number {
  return workers ?? Math.min(os.availableParallelism(), usefulReaders(bytes));
}

/** Threads that are worth starting for so many bytes; 0: unknown. */
export function usefulReaders(bytes: number): number {
  return bytes === 0 ? Number.POSITIVE_INFINITY : Math.ceil(bytes / BYTES_A_READER);
}

/** Threads that live as long as one run. */
export class WorkerPool {
  readonly threads: number;
  private readonly pool: Piscina;
  /** How many tasks were given to threads, and how many of these have begun. */
  private given = 0;
  private readonly begun = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  private hasFailed = false;

  constructor(threads: number) {
    this.threads = threads;
    this.pool = new Piscina({
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: 60_000,
      workerData: this.begun,
    });
  }

  /** Tells of a thread that dies before it is asked anything. */
  onFailure(told: (error: RunError) => void): void {
    this.pool.on("error", (cause: Error) => {
      this.hasFailed = true;
      told(threadFailed(cause));
    });
  }

  /**
   * Has a thread do a task.
   * @throws {RunError} when the thread dies: that is a failure around us, not damage of the snapshot
   */
  async run<T>(worker: WorkerName, task: object, transferList: Transferable[] = []): Promise<T> {
    this.given++;
    const filename = workerUrl(worker).href;
    try {
      return await this.pool.run(task, { filename, transferList });
    } catch (cause) {
      this.hasFailed = true;
      throw threadFailed(cause as Error);
    }
  }

  /**
   * Has threads do tasks in this order, each the next one that is left; results are in the order of the tasks, too. The first that
   * fails is the last that begins.
   * @throws what `done` throws. @throws {RunError} when a thread dies
   */
  async inOrder<Task extends object, T, Done>(
    worker: WorkerName,
    tasks: readonly Task[],
    done: (answer: T, task: Task) => Done,
  ): Promise<Done[]> {
    const results: Done[] = [];
    const left = tasks.entries();
    let hasFailed = false;
    const doNext = async (): Promise<void> => {
      for (const [i, task] of left) {
        if (hasFailed) return;
        try {
          results[i] = done(await this.run<T>(worker, task), task);
        } catch (error) {
          hasFailed = true;
          throw error;
        }
      }
    };
    const all = await Promise.allSettled(Array.from({ length: this.threads }, doNext));
    for (const one of all) if (one.status === "rejected") throw one.reason;
    return results;
  }

  /** Ends all threads. One that loads modules is waited for: on Node 20 its end would abort the process. */
  async close(): Promise<void> {
    const until = performance.now() + CALM_MS;
    const isLoading = () => Atomics.load(this.begun, 0) < this.given;
    while (!this.hasFailed && isLoading() && performance.now() < until) await sleep(LOOK_MS);
    await this.pool.destroy();
  }
}

/** What to throw when a thread died: nothing it did is used. */
function threadFailed(cause: NodeJS.ErrnoException): RunError {
  if (cause.code === "ERR_WORKER_OUT_OF_MEMORY") {
    return new RunError(
      "a worker thread ran out of memory: read with fewer, --workers N, or give each more, NODE_OPTIONS=--max-old-space-size=MB",
      { cause },
    );
  }
  return new RunError(`a worker thread failed: ${cause.message}`, { cause });
}
