import { processCli } from "./io.ts";
import { run } from "./run.ts";

const cli = processCli();
const status = await run(process.argv.slice(2), cli);
process.exitCode = status;
// What was written goes out first; then nothing may keep the process alive.
process.stdout.write("", () => process.exit(status));
