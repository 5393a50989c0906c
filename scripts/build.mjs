import fs from "node:fs";
import { createRequire } from "node:module";
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
  "src/duckdb/thread",
  ...["split", "read", "check", "compare", "finish", "part", "gather", "values", "diff", "parquet"].map(
    (name) => `workers/${name}`,
  ),
];

const { metafile } = await build({
  entryPoints: Object.fromEntries(ENTRIES.map((name) => [name, `${name}.ts`])),
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  // Native parts, threads with a file of its own; DuckDB is there where somebody installed it.
  external: ["@duckdb/node-api", "better-sqlite3", "piscina"],
  chunkNames: "src/chunks/[name]-[hash]",
  banner: {
    js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
  },
  metafile: true,
  logLevel: "warning",
});

/** The pages of `report` and `serve`. */
const pages = await Promise.all(["report", "live"].map(buildPage));
fs.mkdirSync("dist/page", { recursive: true });
for (const [i, name] of ["report", "live"].entries()) {
  fs.writeFileSync(`dist/page/${name}.js`, pages[i].script);
  fs.writeFileSync(`dist/page/${name}.css`, pages[i].style);
}

/** The code of Parquet's writer, beside the scripts that call it. */
const parquet = createRequire(import.meta.url).resolve("parquet-wasm/esm/parquet_wasm_bg.wasm");
fs.copyFileSync(parquet, "dist/parquet_wasm_bg.wasm");

/** The licences of what was bundled go with it. */
const texts = licencesOf({
  inputs: { ...metafile.inputs, ...pages[0].metafile.inputs, ...pages[1].metafile.inputs },
}).map(({ name, version, text }) => `${name} ${version}\n\n${text}\n`);
fs.writeFileSync("dist/LICENSES.txt", texts.join(`\n${"-".repeat(80)}\n\n`));
