import { EXIT } from "./exit-status.ts";
import { processCli } from "./io.ts";
import { run } from "./run.ts";

/** How long the last words of an interrupted process wait to be read. */
const PATIENCE_MS = 300;

const cli = processCli();
const status = await run(process.argv.slice(2), cli);
process.exitCode = status;
const end = () => process.exit(status);
if (status === EXIT.interrupted) {
  // Whoever reads the output may have stopped: nothing waits for that.
  setTimeout(end, PATIENCE_MS);
  process.stderr.write("", end);
} else {
  // What was written goes out first; then nothing may keep the process alive.
  process.stdout.write("", end);
}
