/**
 * Writes big synthetic snapshots, streaming: node --import tsx bench/generate.ts small|mixed|huge-string|huge-hash OUT
 * [--keys N] [--bytes N] [--seed S]; or those of a cluster: … fleet FOLDER [--nodes N] [--days N] [--keys N] [--seed S],
 * where keys are those of a node. REDIS0010, so that redis-check-rdb 7.0 can judge them.
 */
import { parseArgs } from "node:util";
import { writeFleet } from "./fleet.ts";
import { RdbWriter } from "./rdb-writer.ts";
import { SHAPES } from "./shapes.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    keys: { type: "string" },
    bytes: { type: "string" },
    seed: { type: "string" },
    nodes: { type: "string" },
    days: { type: "string" },
  },
});
const [name, path] = positionals;
const shape = name === undefined ? undefined : SHAPES[name];
if ((shape === undefined && name !== "fleet") || path === undefined) {
  console.error(`usage: generate.ts ${Object.keys(SHAPES).join("|")} OUT [--keys N] [--bytes N] [--seed S]`);
  console.error("       generate.ts fleet FOLDER [--nodes N] [--days N] [--keys N] [--seed S]");
  process.exit(2);
}
/** Numbers that were given. */
function given(...names: readonly (keyof typeof values)[]): Record<string, number> {
  const some = names.filter((one) => values[one] !== undefined);
  return Object.fromEntries(some.map((one) => [one, Number(values[one])]));
}
const startedAt = performance.now();
let total = 0;
if (shape === undefined) {
  for (const { bytes } of writeFleet(path, given("nodes", "days", "keys", "seed"))) total += bytes;
} else {
  const writer = new RdbWriter(path, Number(values.seed ?? 1));
  shape(writer, given("keys", "bytes"));
  total = writer.finish();
}
console.log(`${path}: ${total} bytes in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
