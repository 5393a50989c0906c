/**
 * Writes big synthetic snapshots, streaming: node --import tsx bench/generate.ts small|mixed|huge-string|huge-hash OUT
 * [--keys N] [--bytes N] [--seed S]; or those of a cluster: … fleet FOLDER [--nodes N] [--days N] [--keys N] [--seed S],
 * where keys are those of a node. REDIS0010, so that redis-check-rdb 7.0 can judge them.
 */
import { parseArgs } from "node:util";
import { writeFleet } from "./fleet.ts";
import { RdbWriter } from "./rdb-writer.ts";
import { SHAPES } from "./shapes.ts";

const USAGE = `usage: generate.ts ${Object.keys(SHAPES).join("|")} OUT [--keys N] [--bytes N] [--seed S]
       generate.ts fleet FOLDER [--nodes N] [--days N] [--keys N] [--seed S]`;

function fail(why: string): never {
  console.error(`${why}\n${USAGE}`);
  process.exit(2);
}

/** What was given, as words. */
function parsed() {
  const number = { type: "string" } as const;
  const numbers = { keys: number, bytes: number, seed: number, nodes: number, days: number };
  try {
    return parseArgs({ allowPositionals: true, options: { ...numbers, help: { type: "boolean" } } });
  } catch (error) {
    return fail((error as Error).message);
  }
}

const {
  values: { help, ...values },
  positionals,
} = parsed();
if (help === true) {
  console.log(USAGE);
  process.exit();
}
const other = Object.entries(values).find(([, text]) => !/^\d+$/.test(text));
if (other !== undefined) fail(`--${other[0]} ${JSON.stringify(other[1])}: not a whole number`);
const [name, path] = positionals;
const shape = name === undefined ? undefined : SHAPES[name];
if ((shape === undefined && name !== "fleet") || path === undefined) fail("what is to be made, and where?");

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
