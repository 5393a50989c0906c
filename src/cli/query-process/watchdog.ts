import fs from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { CELL, type QueryTask, tell } from "./protocol.ts";

/**
 * The thread that ends a query which takes too much. SQLite cannot be interrupted from JavaScript while a
 * statement runs, so the whole process is killed, whatever its main thread is doing.
 */
interface Watched extends Pick<QueryTask, "parent" | "limits"> {
  readonly cells: Int32Array;
}

const TICK_MS = 20;
/** A tick that took longer was one of a process that was stopped: that time is not the query's. */
const LONGEST_TICK_MS = 1000;
/** Bytes of the disk that sorts leave to others, unless it was fuller at the beginning. */
const RESERVE_BYTES = 64 * 1024 * 1024;

const { parent, limits, cells }: Watched = workerData;
const { timeoutMs, maxMemory, sortFolder } = limits;
const leastFree = Math.min(RESERVE_BYTES, freeBytes() / 2);
let workedMs = 0;

/** Why the query has to end. A row a limit. */
const EXCEEDED: readonly [test: () => boolean, message: string][] = [
  [
    () => timeoutMs > 0 && workedMs > timeoutMs,
    `the query was ended: it ran longer than ${timeoutMs / 1000} s; allow more with --timeout (0: no limit)`,
  ],
  [
    () => maxMemory > 0 && process.memoryUsage.rss() > maxMemory,
    `the query was ended: it took more than ${maxMemory} bytes of memory; allow more with --max-memory (0: no limit)`,
  ],
  [
    () => freeBytes() < leastFree,
    `the query was ended: what it sorts fills the disk of ${sortFolder}; name a folder with more room: --temp-dir FOLDER`,
  ],
];

/** Free bytes where sorts go; a folder that does not tell never fills. */
function freeBytes(): number {
  try {
    const { bavail, bsize } = fs.statfsSync(sortFolder);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** A process whose parent ended gets another one; on Windows it keeps the number. */
function isOrphan(): boolean {
  if (process.ppid !== parent) return true;
  try {
    return !process.kill(parent, 0);
  } catch {
    return true;
  }
}

function end(): never {
  process.kill(process.pid, "SIGKILL");
  for (;;) Atomics.wait(cells, CELL.unused, 0);
}

parentPort!.postMessage("started");
for (let before = performance.now(); ; ) {
  Atomics.wait(cells, CELL.unused, 0, TICK_MS);
  const now = performance.now();
  if (Atomics.load(cells, CELL.waiting) === 0) workedMs += Math.min(now - before, LONGEST_TICK_MS);
  before = now;
  const exceeded = EXCEEDED.find(([test]) => test());
  if (exceeded) tell({ failed: { name: "UsageError", message: exceeded[1] } });
  if (exceeded || isOrphan()) end();
}
