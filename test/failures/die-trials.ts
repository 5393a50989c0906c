import fs from "node:fs";
import path from "node:path";
import { faultOf, runInjected, writeSnapshot } from "./support.ts";

/** Calls that a worker may die at. */
const CALLS = [
  "split openSync",
  "split readSync",
  "read openSync",
  "read readSync",
  "read writeSync",
  "finish openSync",
  "finish writeSync",
  "finish fsyncSync",
] as const;
const DEATHS = ["exit", "EIO"] as const;
const MAX_CALLS = 50;

/** Lets a worker die at its first, second… call of each kind until it makes no more of them; tells the exit status. */
export async function dieTrials(root: string): Promise<number> {
  const folder = fs.mkdtempSync(path.join(root, "die-"));
  const snapshot = path.join(root, "small.rdb");
  const output = path.join(folder, "inventory.sqlite");
  writeSnapshot(snapshot, 30_000);
  const args = ["analyze", snapshot, "-o", output, "--force", "--workers", "2"];
  await runInjected("", args);
  const old = fs.readFileSync(output);
  let bad = 0;
  for (const call of CALLS) {
    for (const death of DEATHS) {
      let points = 0;
      for (let nth = 1; nth <= MAX_CALLS; nth++) {
        const { status, stderr } = await runInjected(`${call} ${nth} ${death}`, args);
        if (status === 0) break;
        points++;
        const fault = faultAfter(status, output, old);
        if (fault !== undefined) bad++;
        if (fault !== undefined) console.log(`   FAULT ${call} ${nth} ${death}: ${fault}: ${stderr}`);
      }
      if (faultOf(output) !== undefined) bad++;
      fs.writeFileSync(output, old);
      console.log(`${call}, ${death}: died at ${points} points`);
    }
  }
  return bad === 0 ? 0 : 1;
}

function faultAfter(status: number | null, output: string, old: Buffer): string | undefined {
  if (status !== 4) return `exit ${status}`;
  if (!fs.readFileSync(output).equals(old)) return "the inventory that was there changed";
  const left = fs.readdirSync(path.dirname(output)).length - 1;
  return left > 0 ? `${left} files left` : undefined;
}
