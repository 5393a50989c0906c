import fs from "node:fs";
import path from "node:path";
import { build } from "esbuild";

/**
 * Makes `dist/`: a few files in place of hundreds, as starting would take longer than most answers otherwise. Its
 * folders are those of the sources, so that threads and processes are found by the same relative addresses; chunks lie as
 * deep as most sources do.
 */
const ENTRIES = [
  "src/index",
  "src/cli/main",
  "src/cli/query-process/child",
  "src/cli/query-process/watchdog",
  ...["split", "read", "check", "compare", "finish", "values", "diff"].map((name) => `workers/${name}`),
];

const { metafile } = await build({
  entryPoints: Object.fromEntries(ENTRIES.map((name) => [name, `${name}.ts`])),
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  // One has a native part, the other starts threads with a file of its own.
  external: ["better-sqlite3", "piscina"],
  chunkNames: "src/chunks/[name]-[hash]",
  banner: {
    js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
  },
  metafile: true,
  logLevel: "warning",
});

/** The licences of what was bundled go with it. */
const packages = new Set(
  Object.keys(metafile.inputs).flatMap(
    (file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [],
  ),
);
const texts = [...packages].sort().map((folder) => {
  const { name, version } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
  const file = fs.readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  if (file === undefined) throw new Error(`${name} comes without a licence`);
  return `${name} ${version}\n\n${fs.readFileSync(path.join(folder, file), "utf8").trim()}\n`;
});
fs.writeFileSync("dist/LICENSES.txt", texts.join(`\n${"-".repeat(80)}\n\n`));
