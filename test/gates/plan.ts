/**
 * Plan gate: a migration planned of a snapshot comes within 1% of what the other server's used_memory was above that at its start, when
 * it had loaded that snapshot. `node scripts/gate.mjs test/gates/plan.ts [../shared/truth-cross]`
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { dataOfSnapshot } from "../../src/plan/from-snapshot.ts";
import { planOf } from "../../src/plan/plan.ts";
import { scenarioOf } from "../../src/plan/scenario.ts";
import { readTruthFolder } from "../truth/folder.ts";
import { skipLoudly } from "./shared.ts";

/** Moves from one server to another, as folders of truth-cross are called. */
const MOVES = ["redis-6.2__redis-8.6", "redis-6.2__valkey-8.1"] as const;
const TOLERANCE = 0.01;

/** What the plan says over what the server held, less 1. */
async function deviation(folder: string): Promise<number> {
  const { server, snapshot, usedBytes } = readTruthFolder(folder);
  const scenario = scenarioOf(server, { profile: server as "redis-8.6", months: 0 });
  const { data } = await dataOfSnapshot([scenario], { input: snapshot, workers: 1 });
  const [planned] = planOf([{ scenario, data: data[0]! }], undefined).scenarios;
  const bytes = planned!.shard.terms.find(({ term }) => term === "data")!.bytes;
  const off = bytes / usedBytes - 1;
  console.log(
    `${folder}: planned ${Math.round(bytes)} B, the server held ${usedBytes} B: ${(off * 100).toFixed(2)}%`,
  );
  return off;
}

async function main(root: string): Promise<number> {
  const folders = MOVES.map((move) => join(root, move, "realistic"));
  const missing = folders.find((folder) => !existsSync(folder));
  if (missing !== undefined) {
    skipLoudly("plan", missing);
    return 0;
  }
  let bad = 0;
  for (const folder of folders) if (Math.abs(await deviation(folder)) > TOLERANCE) bad++;
  console.log(`plan gate: ${folders.length} moves, ${folders.length - bad} within 1%, ${bad} not`);
  return bad === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv[2] ?? "../shared/truth-cross");
