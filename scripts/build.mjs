import fs from "node:fs";
import { build } from "esbuild";
import { licencesOf } from "./licences.mjs";
import { buildPage } from "./page.mjs";

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

/** The page of reports. */
const page = await buildPage();
fs.mkdirSync("dist/page", { recursive: true });
fs.writeFileSync("dist/page/report.js", page.script);
fs.writeFileSync("dist/page/report.css", page.style);

/** The licences of what was bundled go with it. */
const texts = licencesOf({ inputs: { ...metafile.inputs, ...page.metafile.inputs } }).map(
  ({ name, version, text }) => `${name} ${version}\n\n${text}\n`,
);
fs.writeFileSync("dist/LICENSES.txt", texts.join(`\n${"-".repeat(80)}\n\n`));
