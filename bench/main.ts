/**
 * `npm run bench -- [--shapes small,mixed] [--keys N] [--runs 5] [--workers 1,2] [--cases TEXT] [--folder DIR]
 * [--report FILE]`: measures our commands beside other programs on the same files in the same run, one after the other
 * in turns. `--profile CASE` tells in which functions the threads of one case are instead.
 */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { type Case, casesOf, type Files, QUESTIONS, REFERENCE } from "./cases.ts";
import { measure, median, type Taken } from "./measure.ts";
import { profile } from "./profile.ts";
import { RdbWriter } from "./rdb-writer.ts";
import { SHAPES } from "./shapes.ts";

const { values } = parseArgs({
  options: {
    shapes: { type: "string", default: "small,mixed" },
    keys: { type: "string" },
    runs: { type: "string", default: "5" },
    workers: { type: "string", default: [...new Set([1, 2, os.availableParallelism()])].join(",") },
    cases: { type: "string", default: "" },
    folder: { type: "string", default: path.join(os.tmpdir(), "rdbscope-bench") },
    report: { type: "string" },
    profile: { type: "string" },
  },
});

const workers = values.workers.split(",").map(Number);
fs.mkdirSync(values.folder, { recursive: true });
const report: string[] = [];
for (const shape of values.shapes.split(",")) {
  const files = filesOf(shape);
  const cases = casesOf(files, workers);
  if (values.profile !== undefined) {
    const found = cases.find(({ name }) => name === values.profile);
    if (found === undefined)
      throw new Error(`no such case; there are ${cases.map(({ name }) => name).join("; ")}`);
    say(`${shape}, ${found.name}\n${await profile(found, path.join(values.folder, "profiles"))}`);
    continue;
  }
  const chosen = cases.filter(({ name }) => name === REFERENCE || name.includes(values.cases));
  const taken = await inTurns(chosen, Number(values.runs));
  report.push(table(shape, files.snapshot, taken));
  say(report.at(-1)!);
}
if (values.report !== undefined) {
  fs.writeFileSync(values.report, [`## ${machine()}`, ...report].join("\n\n").concat("\n"));
}

/** Makes what is not there yet: the snapshot, and an inventory of it. */
function filesOf(shape: string): Files {
  const make = SHAPES[shape];
  if (make === undefined)
    throw new Error(`no such shape: ${shape}; there are ${Object.keys(SHAPES).join(", ")}`);
  const name = path.join(values.folder, `${shape}-${values.keys ?? "default"}`);
  const files = {
    snapshot: `${name}.rdb`,
    inventory: `${name}.sqlite`,
    other: `${name}-other.sqlite`,
    scratch: `${name}.scratch`,
  };
  const other = `${name}-other.rdb`;
  for (const [seed, snapshot] of [files.snapshot, other].entries()) {
    if (fs.existsSync(snapshot)) continue;
    const writer = new RdbWriter(`${snapshot}.part`, seed + 1);
    make(writer, values.keys === undefined ? {} : { keys: Number(values.keys) });
    writer.finish();
    fs.renameSync(`${snapshot}.part`, snapshot);
  }
  // Anew each time: it is what this version makes of them.
  analyzed(files.snapshot, files.inventory);
  analyzed(other, files.other);
  return files;
}

function analyzed(snapshot: string, output: string): void {
  const bin = path.resolve(import.meta.dirname, "../bin/rdbscope.js");
  execFileSync(process.execPath, [bin, "analyze", snapshot, "-o", output, "--force", "--quiet"]);
}

/** Runs all cases, then all again, so that a busy moment of the machine hits each of them alike. */
async function inTurns(cases: readonly Case[], runs: number): Promise<Map<string, Taken[]>> {
  const taken = new Map<string, Taken[]>(cases.map(({ name }) => [name, []]));
  for (let run = 0; run < runs; run++) {
    for (const { name, command, args } of cases) taken.get(name)!.push(await measure(command, args));
  }
  return taken;
}

function table(shape: string, snapshot: string, taken: ReadonlyMap<string, readonly Taken[]>): string {
  const bytes = fs.statSync(snapshot).size;
  const middle = (runs: readonly Taken[], figure: keyof Taken) => median(runs.map((run) => run[figure]));
  const reference = taken.get(REFERENCE);
  const rows = [...taken].map(([name, runs]) => {
    const wall = middle(runs, "wallSeconds");
    return [
      name,
      wall.toFixed(2),
      middle(runs, "cpuSeconds").toFixed(2),
      (middle(runs, "peakRssBytes") / 2 ** 20).toFixed(0),
      name in QUESTIONS ? "" : (bytes / 1e6 / wall).toFixed(0),
      reference === undefined ? "" : (wall / middle(reference, "wallSeconds")).toFixed(2),
    ];
  });
  const head = ["case", "wall, s", "CPU, s", "peak RSS, MiB", "MB/s", `× ${REFERENCE}`];
  const lines = [head, head.map((_, i) => (i === 0 ? "---" : "---:")), ...rows];
  return [
    `### ${shape}: ${(bytes / 1e6).toFixed(0)} MB, medians of ${values.runs} runs`,
    "",
    ...lines.map((cells) => `| ${cells.join(" | ")} |`),
  ].join("\n");
}

function machine(): string {
  const [{ model }] = os.cpus() as [os.CpuInfo];
  const memory = Math.round(os.totalmem() / 2 ** 30);
  const date = new Date().toISOString().slice(0, 10);
  return `${date}: ${os.availableParallelism()} cores of ${model}, ${memory} GiB, Node ${process.versions.node}`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n\n`);
}
