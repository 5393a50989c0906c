import fs from "node:fs";
import path from "node:path";
import { runPipeline } from "./check.ts";
import { mutate } from "./mutations/index.ts";
import type { ChildSettings, Order, Outcome } from "./protocol.ts";
import { MEMORY_CAP_BYTES, TIME_CAP_MS } from "./protocol.ts";
import { Random } from "./random.ts";
import { Seeds } from "./seeds.ts";

/** A fuzzing child: runs cases as they are ordered, one after the other, and tells how each ended. */
const settings = JSON.parse(process.argv[2]!) as ChildSettings;
const work = path.join(settings.folder, "work");
const input = path.join(settings.folder, "case.rdb");
const seeds = new Seeds(settings.seeds);

async function run({ id, file }: Order): Promise<Outcome> {
  fs.rmSync(work, { recursive: true, force: true });
  fs.mkdirSync(work);
  if (file === undefined) fs.writeFileSync(input, mutate(seeds, new Random(settings.seed, id)).bytes);
  const before = process.cpuUsage();
  let outcome: string;
  let finding: string | undefined;
  try {
    outcome = await runPipeline(file ?? input, work, new Random(settings.seed + 1, id));
    const left = fs.readdirSync(work).filter((name) => name !== "inventory.sqlite");
    if (left.length > 0) finding = `left ${left.join(", ")}`;
  } catch (error) {
    outcome = "exception";
    finding = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const { user, system } = process.cpuUsage(before);
  const ms = (user + system) / 1000;
  const rssBytes = process.memoryUsage.rss();
  if (ms > TIME_CAP_MS) finding ??= `took ${Math.round(ms)} ms`;
  if (rssBytes > MEMORY_CAP_BYTES) finding ??= `holds ${Math.round(rssBytes / 2 ** 20)} MiB`;
  return { id, outcome, ms, rssBytes, ...(finding === undefined ? {} : { finding }) };
}

let queue = Promise.resolve();
process.on("message", (order: Order) => {
  queue = queue.then(async () => {
    process.send!(await run(order));
  });
});
process.on("disconnect", () => process.exit());
