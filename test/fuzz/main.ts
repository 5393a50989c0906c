import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { Children } from "./children.ts";
import { CliCases } from "./cli.ts";
import { kindOf, saveFinding } from "./findings.ts";
import type { Outcome } from "./protocol.ts";
import { Seeds, storeSeeds } from "./seeds.ts";

/**
 * `npm run fuzz -- --seconds N [--seed S] [--cases N] [--first N] [--cli N] [--jobs N]`: changed snapshots through the
 * pipeline, the same for the same seed. Ends with 1 when one ends in anything but rows or an `RdbError`.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string" },
    cases: { type: "string", default: "Infinity" },
    first: { type: "string", default: "0" },
    cli: { type: "string", default: "20" },
    jobs: { type: "string", default: String(os.availableParallelism()) },
  },
});
const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
const first = Number(values.first);
const cases = Number(values.cases);
const started = performance.now();
let deadline = started + Number(values.seconds) * 1000;

/** In memory where the system has such a place: thousands of small files are written. */
const place = fs.mkdtempSync(
  path.join(fs.existsSync("/dev/shm") ? "/dev/shm" : os.tmpdir(), "rdbscope-fuzz-"),
);
storeSeeds(path.join(place, "seeds"));
const seeds = new Seeds(path.join(place, "seeds"));

const counts = new Map<string, number>();
const findings = new Map<string, number>();
/** Snapshots that are stored of one kind of finding. */
const MAX_SAVED = 2;
let isEnded = false;
let slowest: Outcome | undefined;
let largestRss = 0;
let next = first;
let done = 0;

async function note(kind: string, outcome: Outcome, children: Children): Promise<void> {
  done++;
  const name = kind + outcome.outcome;
  counts.set(name, (counts.get(name) ?? 0) + 1);
  if (slowest === undefined || outcome.ms > slowest.ms) slowest = outcome;
  largestRss = Math.max(largestRss, outcome.rssBytes);
  if (outcome.finding === undefined) return;
  const what = kind + kindOf(outcome.finding);
  const times = (findings.get(what) ?? 0) + 1;
  findings.set(what, times);
  if (times > MAX_SAVED) return;
  const file = await saveFinding(children, seeds, seed, outcome);
  process.stdout.write(`FINDING case ${outcome.id}: ${kind}${outcome.finding}\n  ${file}\n`);
}

async function fuzz(): Promise<void> {
  const children = new Children(seed, place);
  try {
    while (next < first + cases && performance.now() < deadline)
      await note("", await children.run({ id: next++ }), children);
  } finally {
    children.close();
  }
}

async function fuzzCli(): Promise<void> {
  const cli = new CliCases(seed, seeds, place);
  const children = new Children(seed, place);
  try {
    for (let id = first; id < first + Number(values.cli) && !isEnded; id++)
      await note("cli ", await cli.run(id), children);
  } finally {
    children.close();
  }
}

process.once("SIGTERM", () => {
  deadline = 0;
  isEnded = true;
});
try {
  await Promise.all(Array.from({ length: Number(values.jobs) }, fuzz));
  await fuzzCli();
} finally {
  fs.rmSync(place, { recursive: true, force: true });
}

const seconds = (performance.now() - started) / 1000;
const found = findings.size;
for (const [outcome, count] of [...counts].sort((a, b) => b[1] - a[1]))
  process.stdout.write(`${String(count).padStart(8)}  ${outcome}\n`);
process.stdout.write(
  `${done} cases in ${seconds.toFixed(0)} s, seed ${seed}: ${found} findings; slowest ${slowest?.ms.toFixed(0)} ms (case ${slowest?.id}), largest ${(largestRss / 2 ** 20).toFixed(0)} MiB\n`,
);
process.exitCode = found > 0 ? 1 : 0;
