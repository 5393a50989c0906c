import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createGzip } from "node:zlib";
import { CLI, faultOf, writeSnapshot } from "./support.ts";

const SAMPLE = fileURLToPath(new URL("../../fixtures/sample.rdb", import.meta.url));

/** What is run and killed. `args` gets the trial's folder, where inventory and temporary files are. */
interface Command {
  readonly name: string;
  readonly output: boolean;
  readonly args: (inputs: Inputs, folder: string) => readonly string[];
}

interface Inputs {
  readonly plain: string;
  readonly gzip: string;
}

const inventoryIn = (folder: string) => path.join(folder, "inventory.sqlite");

export const COMMANDS: readonly Command[] = [
  {
    name: "analyze",
    output: false,
    args: ({ plain }, folder) => ["analyze", plain, "-o", inventoryIn(folder)],
  },
  {
    name: "analyze --force over an inventory",
    output: true,
    args: ({ plain }, folder) => ["analyze", plain, "-o", inventoryIn(folder), "--force"],
  },
  {
    name: "analyze of a .gz",
    output: false,
    args: ({ gzip }, folder) => ["analyze", gzip, "-o", inventoryIn(folder), "--temp-dir", folder],
  },
  {
    name: "summary of a .gz",
    output: false,
    args: ({ gzip }, folder) => ["summary", gzip, "--temp-dir", folder],
  },
];

/** What one trial saw. */
export interface Trial {
  readonly command: string;
  readonly killedAfterMs: number;
  /** Whether the run was over before. */
  readonly late: boolean;
  /** Temporary files that the kill left. */
  readonly left: number;
  readonly inventory: "none" | "old" | "new";
  readonly faults: readonly string[];
}

/** Writes a snapshot of so many keys, bare and compressed. */
export async function writeInputs(folder: string, keys: number): Promise<Inputs> {
  const plain = path.join(folder, "dump.rdb");
  const gzip = `${plain}.gz`;
  writeSnapshot(plain, keys);
  await pipeline(fs.createReadStream(plain), createGzip({ level: 1 }), fs.createWriteStream(gzip));
  return { plain, gzip };
}

/** Runs a command to its end, or kills it after a while; tells how long it took, and whether it was killed. */
export function run(args: readonly string[], killAfterMs?: number) {
  const begun = performance.now();
  return new Promise<{ ms: number; status: number | null; killed: boolean; stderr: string }>(
    (resolve, reject) => {
      const child = spawn(process.execPath, [...CLI, ...args], { stdio: ["ignore", "ignore", "pipe"] });
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (text) => {
        stderr += text;
      });
      const timer =
        killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
      child.on("error", reject).on("close", (status, signal) => {
        clearTimeout(timer);
        resolve({ ms: performance.now() - begun, status, killed: signal === "SIGKILL", stderr });
      });
    },
  );
}

/** Kills a command after a while, looks at what it left, and lets another run follow in the same folder. */
export async function killTrial(command: Command, inputs: Inputs, ms: number, root: string): Promise<Trial> {
  const folder = fs.mkdtempSync(path.join(root, "trial-"));
  const inventory = inventoryIn(folder);
  const faults: string[] = [];
  if (command.output) await analyzeSample(inventory, faults);
  const old = command.output ? fs.readFileSync(inventory) : undefined;
  const killed = await run(command.args(inputs, folder), ms);
  const left = temporaryIn(folder).length;
  const is = kindOf(inventory, old);
  if (is === "new") faults.push(...[faultOf(inventory)].filter((fault) => fault !== undefined));
  if (command.output && is === "none") faults.push("the inventory that was there is gone");
  await analyzeSample(inventory, faults);
  faults.push(...temporaryIn(folder).map((name) => `left after the next run: ${name}`));
  fs.rmSync(folder, { recursive: true });
  return { command: command.name, killedAfterMs: ms, late: !killed.killed, left, inventory: is, faults };
}

function kindOf(inventory: string, old: Buffer | undefined): Trial["inventory"] {
  if (!fs.existsSync(inventory)) return "none";
  return old !== undefined && fs.readFileSync(inventory).equals(old) ? "old" : "new";
}

function temporaryIn(folder: string): string[] {
  return fs.readdirSync(folder).filter((name) => name !== "inventory.sqlite");
}

/** The run before, or the next one: it has to succeed, and to make a complete inventory. */
async function analyzeSample(inventory: string, faults: string[]): Promise<void> {
  const args = ["analyze", SAMPLE, "-o", inventory, "--force", "--workers", "1"];
  const { status, stderr } = await run(args);
  if (status !== 0) faults.push(`exit ${status}: ${stderr}`);
  const fault = faultOf(inventory);
  if (fault !== undefined) faults.push(`after another run: ${fault}`);
}
