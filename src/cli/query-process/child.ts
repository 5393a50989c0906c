import fs from "node:fs";
import { Worker } from "node:worker_threads";
import { CELL, type QueryTask } from "./protocol.ts";

/** The process that a query runs in: a thread watches it, the main thread answers. */
const task: QueryTask = JSON.parse(fs.readFileSync(0, "utf8"));
const cells = new Int32Array(new SharedArrayBuffer(CELL.count * Int32Array.BYTES_PER_ELEMENT));
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
new Worker(new URL(`./watchdog${extension}`, import.meta.url), {
  workerData: { parent: task.parent, limits: task.limits, cells },
});
const { answer } = await import("./answer.ts");
Atomics.wait(cells, CELL.started, 0); // Nothing of the inventory is looked at unwatched.
await answer(task, (waiting) => Atomics.store(cells, CELL.waiting, waiting ? 1 : 0));
process.stdout.write("", () => process.exit());
