/**
 * kill -9 at random moments, then each worker made to die at every one of its reads and writes:
 * `npm run kill -- [--times N] [--keys N] [--seed N]`. Ends with 1 when a file under an inventory's name is not complete or not
 * what it was, or the next run does not remove what was left and succeed.
 */
import fs from "node:fs";
import { parseArgs } from "node:util";
import { dieTrials } from "./die-trials.ts";
import { COMMANDS, killTrial, run, type Trial, writeInputs } from "./kill-trial.ts";
import { newFolder } from "./support.ts";

const { values } = parseArgs({
  options: {
    times: { type: "string", default: "50" },
    keys: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
  },
});

/** The moments are the same for the same seed: a linear congruential generator (Numerical Recipes). */
let state = Number(values.seed);
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

async function main(): Promise<number> {
  const folder = newFolder();
  try {
    const inputs = await writeInputs(folder, Number(values.keys));
    const whole: number[] = [];
    for (const command of COMMANDS) {
      const place = fs.mkdtempSync(`${folder}/whole-`);
      const { ms, status, stderr } = await run(command.args(inputs, place));
      if (status !== 0) throw new Error(`${command.name}: exit ${status}: ${stderr}`);
      fs.rmSync(place, { recursive: true });
      whole.push(ms);
      console.log(`${command.name}: ${Math.round(ms)} ms when let alone`);
    }
    const trials: Trial[] = [];
    for (let i = 0; i < Number(values.times); i++) {
      const which = i % COMMANDS.length;
      trials.push(await killTrial(COMMANDS[which]!, inputs, random() * whole[which]!, folder));
      const { command, killedAfterMs, late, left, inventory, faults } = trials[i]!;
      const what = late ? "was over" : `left ${left} temporary`;
      console.log(`${i + 1}. ${command}: ${Math.round(killedAfterMs)} ms, ${what}, inventory ${inventory}`);
      for (const fault of faults) console.log(`   FAULT ${fault}`);
    }
    const died = await dieTrials(folder);
    return Math.max(summary(trials), died);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function summary(trials: readonly Trial[]): number {
  const count = (is: (trial: Trial) => boolean) => trials.filter(is).length;
  const bad = count(({ faults }) => faults.length > 0);
  const figures = [
    `${trials.length} trials`,
    `${count(({ late }) => !late)} killed`,
    `${count(({ left }) => left > 0)} left temporary files, which the next run removed`,
    `${count(({ inventory }) => inventory === "new")} complete inventories`,
    `${count(({ inventory }) => inventory === "old")} untouched old ones`,
    `${bad} with faults`,
  ];
  console.log(figures.join("; "));
  return bad === 0 ? 0 : 1;
}

process.exitCode = await main();
