import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { Random } from "../fuzz/random.ts";
import { inventoryOf, judge, overwritten, truncated, type Verdict } from "./trial.ts";

/**
 * `npm run salvage -- [--trials N] [--seed S] [--bytes 64] SNAPSHOT`: truncates a snapshot at N random places, and
 * overwrites it at N others, and tells how much of what is left has its row. Ends with 1 when a key before a cut is
 * missing, or of what stands outside the overwritten bytes more than 1% in the median or 5% in the worst trial.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    trials: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    bytes: { type: "string", default: "64" },
  },
});
const whole = fs.readFileSync(positionals[0]!);
const folder = fs.mkdtempSync(
  path.join(fs.existsSync("/dev/shm") ? "/dev/shm" : os.tmpdir(), "rdbscope-salvage-"),
);
const trials = Number(values.trials);
const size = Number(values.bytes);

const KINDS = {
  truncated: (random: Random) => truncated(whole, random.below(whole.length)),
  overwritten: (random: Random) => {
    const at = random.below(whole.length - size);
    return overwritten(
      whole,
      at,
      Uint8Array.from({ length: size }, () => random.below(256)),
    );
  },
};
const LIMITS = { truncated: { median: 1, worst: 1 }, overwritten: { median: 0.99, worst: 0.95 } };

try {
  const sound = (await inventoryOf(folder, whole, false))!;
  process.stdout.write(`${sound.rows.size} keys\n`);
  for (const [kind, damageOf] of Object.entries(KINDS)) {
    const verdicts: Verdict[] = [];
    let slowest = 0;
    for (let i = 0; i < trials; i++) {
      const damage = damageOf(new Random(Number(values.seed), i));
      const started = performance.now();
      const salvaged = await inventoryOf(folder, damage.bytes, true);
      slowest = Math.max(slowest, performance.now() - started);
      const verdict = judge(sound, damage, salvaged);
      verdicts.push(verdict);
      const share = verdict.kept / Math.max(1, verdict.wanted);
      if (!verdict.marked || verdict.invented > 0 || share < LIMITS[kind as keyof typeof LIMITS].worst)
        process.stdout.write(`${kind} at ${damage.start}: ${JSON.stringify(verdict)}\n`);
    }
    report(kind as keyof typeof LIMITS, verdicts, slowest);
  }
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}

function report(kind: keyof typeof LIMITS, verdicts: readonly Verdict[], slowest: number): void {
  const shares = verdicts.map(({ kept, wanted }) => (wanted === 0 ? 1 : kept / wanted)).sort((a, b) => a - b);
  const [worst, median] = [shares[0]!, shares[shares.length >> 1]!];
  const percent = (share: number) => `${(share * 100).toFixed(3)}%`;
  const whole = shares.filter((share) => share === 1).length;
  const invented = verdicts.reduce((sum, verdict) => sum + verdict.invented, 0);
  const unmarked = verdicts.filter(({ marked }) => !marked).length;
  process.stdout.write(
    `${kind} ${verdicts.length} times: worst ${percent(worst)}, median ${percent(median)}, all kept ${whole} times; ` +
      `${invented} rows invented, ${unmarked} inventories unmarked; slowest ${(slowest / 1000).toFixed(1)} s\n`,
  );
  if (worst < LIMITS[kind].worst || median < LIMITS[kind].median || unmarked > 0) process.exitCode = 1;
}
