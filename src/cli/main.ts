import type { Cli } from "./io.ts";
import { run } from "./run.ts";

const cli: Cli = {
  stdout: process.stdout,
  stderr: process.stderr,
  env: { NO_COLOR: process.env.NO_COLOR, TERM: process.env.TERM, COLUMNS: process.env.COLUMNS },
  status: 0,
  outputError: undefined,
};

process.stdout.on("error", (error) => {
  cli.outputError ??= error;
});
process.stderr.on("error", () => {}); // nobody listens: nothing to do

const status = await run(process.argv.slice(2), cli);
process.exitCode = status;
// What was written goes out first; then nothing may keep the process alive.
process.stdout.write("", () => process.exit(status));
