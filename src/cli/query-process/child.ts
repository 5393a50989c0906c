import { once } from "node:events";
import fs from "node:fs";
import { Worker } from "node:worker_threads";
import { threadCode } from "../../io/thread-code.ts";
import { CELL, type DatasetTask, type ExplainTask, type QueryTask } from "./protocol.ts";

/** What the process may be asked. */
type Task = QueryTask | DatasetTask | ExplainTask;

/** The process that a query runs in, or an explanation: a thread watches it, the main thread answers. */
const task: Task = JSON.parse(fs.readFileSync(0, "utf8"));
const cells = new Int32Array(new SharedArrayBuffer(CELL.count * Int32Array.BYTES_PER_ELEMENT));
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const watchdog = new Worker(threadCode(new URL(`./watchdog${extension}`, import.meta.url)), {
  eval: true,
  workerData: { parent: task.parent, limits: task.limits, cells },
});
const started = once(watchdog, "message");
const onWaiting = (waiting: boolean) => void Atomics.store(cells, CELL.waiting, waiting ? 1 : 0);
const answer = await answerOf(task);
await started; // Nothing of the inventory is looked at unwatched.
await answer();
process.stdout.write("", () => process.exit());

async function answerOf(asked: Task): Promise<() => Promise<void>> {
  if ("explain" in asked) {
    const { explainTo } = await import("./explain.ts");
    return () => explainTo(asked, onWaiting);
  }
  if ("engine" in asked) {
    const { answerFromDataset } = await import("./dataset.ts");
    return () => answerFromDataset(asked, onWaiting);
  }
  const { answer } = await import("./answer.ts");
  return () => answer(asked, onWaiting);
}
