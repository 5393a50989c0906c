import fs from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { COMMANDS, killTrial, writeInputs } from "./kill-trial.ts";
import { newFolder } from "./support.ts";

const root = newFolder();
let inputs: Awaited<ReturnType<typeof writeInputs>>;
beforeAll(async () => {
  inputs = await writeInputs(root, 300_000);
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

/** `npm run kill` does this at as many random moments as one likes. */
test.each(COMMANDS.map((command, i) => [command.name, command, 900 + 200 * i] as const))(
  "%s, killed, leaves no incomplete inventory, and the next run removes what is left",
  async (_, command, ms) => {
    expect((await killTrial(command, inputs, ms, root)).faults).toEqual([]);
  },
);
