import { spawnSync } from "node:child_process";
import { build } from "esbuild";

/**
 * Runs a gate from one file beside what was built, whose threads it has: to load sources anew in each thread takes longer than
 * most snapshots do. `npm run -s build && node scripts/gate.mjs test/gates/NAME.ts [ARGUMENT…]`
 */
const [program, ...args] = process.argv.slice(2);
const outfile = `dist/${program.replace(/\.ts$/, ".js")}`;

await build({
  entryPoints: [program],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  packages: "external",
  logLevel: "warning",
});
process.exitCode = spawnSync(process.execPath, [outfile, ...args], { stdio: "inherit" }).status ?? 1;
