import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { mutate } from "./mutations/index.ts";
import { HANG_MS, MEMORY_CAP_BYTES, type Outcome, TIME_CAP_MS } from "./protocol.ts";
import { Random } from "./random.ts";
import type { Seeds } from "./seeds.ts";

const BIN = fileURLToPath(new URL("../../bin/rdbscope.js", import.meta.url));
const POLL_MS = 20;
/** Fine, a key that is not there, damage told. */
const STATUSES = [0, 3];

const COMMANDS: readonly ((file: string, out: string) => string[])[] = [
  (file, out) => ["analyze", file, "-o", out, "--quiet"],
  (file, out) => ["analyze", file, "-o", out, "--quiet", "--salvage"],
  (file) => ["verify", file],
  (file) => ["summary", file],
  (file) => ["bigkeys", file, "--format", "json"],
  (file) => ["patterns", file, "--format", "csv"],
  (file) => ["encodings", file, "--format", "markdown"],
  (file) => ["ttl", file],
  (file) => ["doctor", file],
  (file) => ["compare", file, "--profiles", "redis-6.2,valkey-9.1"],
];

/** Runs changed snapshots through the built CLI: real processes, real threads. */
export class CliCases {
  private readonly seed: number;
  private readonly folder: string;
  private readonly seeds: Seeds;

  constructor(seed: number, seeds: Seeds, place: string) {
    this.seed = seed;
    this.seeds = seeds;
    this.folder = fs.mkdtempSync(path.join(place, "cli-"));
  }

  async run(id: number): Promise<Outcome> {
    const random = new Random(this.seed, id);
    const file = path.join(this.folder, "case.rdb");
    const work = path.join(this.folder, "work");
    fs.rmSync(work, { recursive: true, force: true });
    fs.mkdirSync(work);
    fs.writeFileSync(file, mutate(this.seeds, random).bytes);
    const args = random.pick(COMMANDS)(file, path.join(work, "out.sqlite"));
    const { status, stderr, rssBytes, ms } = await runBin(args, work);
    const left = fs.readdirSync(work).filter((name) => name !== "out.sqlite");
    const lines = stderr.trim().split("\n").length;
    const faults = [
      [!STATUSES.includes(status ?? -1), `status ${status} of ${args[0]}: ${stderr.slice(-2000)}`],
      [status === 3 && lines > 20, `${lines} lines about one damage`],
      [ms > TIME_CAP_MS, `${args[0]} took ${Math.round(ms)} ms`],
      [rssBytes > MEMORY_CAP_BYTES, `${args[0]} held ${Math.round(rssBytes / 2 ** 20)} MiB`],
      [left.length > 0, `${args[0]} left ${left.join(", ")}`],
    ] as const;
    const finding = faults.find(([applies]) => applies)?.[1];
    return { id, outcome: `exit-${status}`, ms, rssBytes, ...(finding === undefined ? {} : { finding }) };
  }
}

function runBin(args: readonly string[], temp: string) {
  return new Promise<{ status: number | null; stderr: string; rssBytes: number; ms: number }>((resolve) => {
    const child = spawn(process.execPath, [BIN, ...args], {
      env: { ...process.env, TMPDIR: temp },
      stdio: ["ignore", "ignore", "pipe"],
      timeout: HANG_MS,
      killSignal: "SIGKILL",
    });
    let stderr = "";
    let rssBytes = 0;
    let ms = 0;
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const poll = setInterval(() => {
      rssBytes = Math.max(rssBytes, peakOf(child.pid));
      ms = Math.max(ms, cpuOf(child.pid));
    }, POLL_MS);
    child.on("close", (status) => {
      clearInterval(poll);
      resolve({ status, stderr, rssBytes, ms });
    });
  });
}

/** The most memory a process held so far, where the system tells. */
function peakOf(pid: number | undefined): number {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/status`, "latin1"));
    return Number(peak?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Processor time of a process so far in ms, where the system tells: in hundredths of a second, proc(5). */
function cpuOf(pid: number | undefined): number {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "latin1");
    const [user, system] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 13);
    return (Number(user) + Number(system)) * 10;
  } catch {
    return 0;
  }
}
