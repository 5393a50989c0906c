/**
 * Writes big synthetic snapshots, streaming: node --import tsx bench/generate.ts small|mixed|huge-string|huge-hash OUT
 * [--keys N] [--bytes N] [--seed S]. REDIS0010, so that redis-check-rdb 7.0 can judge them.
 */
import { parseArgs } from "node:util";
import { RdbWriter } from "./rdb-writer.ts";
import { SHAPES } from "./shapes.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { keys: { type: "string" }, bytes: { type: "string" }, seed: { type: "string" } },
});
const [name, path] = positionals;
const shape = name === undefined ? undefined : SHAPES[name];
if (shape === undefined || path === undefined) {
  console.error(`usage: generate.ts ${Object.keys(SHAPES).join("|")} OUT [--keys N] [--bytes N] [--seed S]`);
  process.exit(2);
}
const startedAt = performance.now();
const writer = new RdbWriter(path, Number(values.seed ?? 1));
shape(writer, {
  ...(values.keys === undefined ? {} : { keys: Number(values.keys) }),
  ...(values.bytes === undefined ? {} : { bytes: Number(values.bytes) }),
});
const total = writer.finish();
console.log(`${path}: ${total} bytes in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
