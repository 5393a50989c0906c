import { once } from "node:events";
import fs from "node:fs";
import { Worker } from "node:worker_threads";
import { CELL, type ExplainTask, type QueryTask } from "./protocol.ts";

/** The process that a query runs in, or an explanation: a thread watches it, the main thread answers. */
const task: QueryTask | ExplainTask = JSON.parse(fs.readFileSync(0, "utf8"));
const cells = new Int32Array(new SharedArrayBuffer(CELL.count * Int32Array.BYTES_PER_ELEMENT));
const watchdog = new Worker(loading("watchdog"), {
  eval: true,
  workerData: { parent: task.parent, limits: task.limits, cells },
});
const started = once(watchdog, "message");
const onWaiting = (waiting: boolean) => void Atomics.store(cells, CELL.waiting, waiting ? 1 : 0);
const answer = await answerOf(task);
await started; // Nothing of the inventory is looked at unwatched.
await answer();
process.stdout.write("", () => process.exit());

async function answerOf(asked: QueryTask | ExplainTask): Promise<() => Promise<void>> {
  if ("explain" in asked) {
    const { explainTo } = await import("./explain.ts");
    return () => explainTo(asked, onWaiting);
  }
  const { answer } = await import("./answer.ts");
  return () => answer(asked, onWaiting);
}

/** What a thread begins with: from sources it has to learn TypeScript first (it does not inherit `--import tsx`). */
function loading(name: string): string {
  const isSource = import.meta.url.endsWith(".ts");
  const url = JSON.stringify(new URL(`./${name}${isSource ? ".ts" : ".js"}`, import.meta.url).href);
  if (!isSource) return `import(${url})`;
  const tsx = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  return `import(${tsx}).then(({ register }) => { register(); return import(${url}); })`;
}
