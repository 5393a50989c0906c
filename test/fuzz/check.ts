import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { RdbError } from "../../parsers/errors.ts";
import { HEADER_BYTES } from "../../parsers/header.ts";
import { UsageError } from "../../src/errors.ts";
import { ALLOCATORS, PROFILES } from "../../src/memory/index.ts";
import { analyze } from "../../src/pipeline/analyze.ts";
import { compare } from "../../src/pipeline/compare.ts";
import { explain } from "../../src/pipeline/explain.ts";
import { verify } from "../../src/pipeline/verify.ts";
import { claim } from "./claim.ts";
import type { Random } from "./random.ts";
import { exportRows, exportSome, getSome } from "./values.ts";

const PROFILE_NAMES = Object.keys(PROFILES) as (keyof typeof PROFILES)[];
const EXPLAINED = 3;
/** Codes of what has no beginning, or of what no more than the beginning is there. */
const NO_SNAPSHOT = ["BAD_MAGIC", "UNSUPPORTED_INPUT"];

interface Inventoried {
  readonly keys: number;
  readonly some: readonly { readonly key: Buffer; readonly db: number; readonly bytes: number }[];
}

/** Opens an inventory as anybody would: sound as a database, every figure of every key a whole number. */
function openedInventory(file: string, random: Random): Inventoried {
  const db = new Database(file, { readonly: true });
  try {
    const integrity = db.pragma("integrity_check", { simple: true });
    claim(integrity === "ok", `integrity_check: ${integrity}`);
    const odd = db
      .prepare(
        `SELECT count(*) FROM key_rows WHERE typeof(bytes) <> 'integer' OR bytes < 0 OR typeof(heap_bytes) <> 'integer'
           OR heap_bytes < 0 OR bytes > 1e15 OR heap_bytes > 1e15 OR payload_bytes < 0 OR elements < 0`,
      )
      .pluck()
      .get();
    claim(odd === 0, `${odd} keys whose sizes are no sizes`);
    const views = db.prepare("SELECT name FROM sqlite_master WHERE type = 'view'").pluck().all() as string[];
    for (const view of views) db.prepare(`SELECT * FROM ${view}`).raw().all();
    db.prepare("SELECT sum(bytes), sum(heap_bytes), sum(payload_bytes), sum(elements) FROM key_rows").get();
    const keys = db.prepare("SELECT count(*) FROM key_rows").pluck().get() as number;
    const from = random.below(Math.max(1, keys));
    const some = db
      .prepare("SELECT CAST(key AS BLOB) AS key, db, bytes FROM key_rows LIMIT ? OFFSET ?")
      .all(EXPLAINED, from) as Inventoried["some"];
    return { keys, some };
  } finally {
    db.close();
  }
}

/** Runs the pipeline on one snapshot; returns `rows` or the code of the damage. Throws whatever should not happen. */
export async function runPipeline(input: string, folder: string, random: Random): Promise<string> {
  const output = path.join(folder, "inventory.sqlite");
  fs.rmSync(output, { force: true });
  const choice = random.chance(0.5) ? {} : { profile: random.pick(PROFILE_NAMES) };
  const allocator = random.chance(0.8) ? {} : { allocator: random.pick(Object.keys(ALLOCATORS)) };
  const options = {
    inputs: [input],
    output,
    force: true,
    workers: random.between(1, 2),
    ...choice,
    ...allocator,
  };
  const analyzed = await codeOf(() => analyze(options as Parameters<typeof analyze>[0]));
  const verified = await codeOf(() => verify(input, { workers: 1 }));
  const failed = analyzed.code !== undefined;
  claim(failed !== fs.existsSync(output), "an inventory after damage, or none without");
  if (verified.code === undefined) {
    const structural = verified.value.fault_place !== undefined || verified.value.checksum === "unread";
    claim(
      structural === failed,
      `verify says ${JSON.stringify(verified.value.faults[0])}, analyze ${analyzed.code}`,
    );
  }
  if (failed) {
    if (random.chance(0.5) && fs.statSync(input).size >= HEADER_BYTES) await salvage(input, output, random);
    if (random.chance(0.1)) {
      const exported = await codeOf(() => exportSome(input, random));
      claim(exported.code !== undefined || exported.value === undefined, "export finds no damage");
    }
    if (random.chance(0.1))
      await codeOf(() => compare({ input, targets: [{ profile: "redis-8.6" }], workers: 1 }));
    return analyzed.code;
  }
  const inventory = openedInventory(output, random);
  claim(inventory.keys === analyzed.value.snapshots[0]!.storedRows, "rows are not those that were told of");
  if (random.chance(0.2)) {
    const targets = ["a", "b", "c"].map((name) => ({ name, profile: random.pick(PROFILE_NAMES) }));
    const compared = await compare({ input, targets, workers: 1 });
    claim(compared.keys === inventory.keys, "compare counts other keys");
  }
  if (random.chance(0.3)) await explainSome(output, inventory, random);
  if (random.chance(0.1)) {
    const exported = await exportSome(input, random);
    claim((exported?.keys ?? inventory.keys) === inventory.keys, `export counts ${exported?.keys} keys`);
  }
  if (random.chance(0.1))
    claim(exportRows(output, random) === inventory.keys, "rows are exported that are none");
  return "rows";
}

/** What is damaged can be salvaged, but for what is no snapshot at all; the inventory is sound, and marked. */
async function salvage(input: string, output: string, random: Random): Promise<void> {
  const salvaged = await codeOf(() =>
    analyze({ inputs: [input], output, force: true, workers: 1, salvage: true }),
  );
  if (NO_SNAPSHOT.includes(salvaged.code ?? "")) return;
  claim(salvaged.code === undefined, `salvage ends with ${salvaged.code}`);
  const [snapshot] = salvaged.value!.snapshots;
  claim(snapshot!.salvaged, "what is salvaged is not marked");
  const inventory = openedInventory(output, random);
  claim(inventory.keys === snapshot!.storedRows, "rows of salvage are not those that were told of");
  if (random.chance(0.2)) {
    const exported = await exportSome(input, random, true);
    claim(
      (exported?.keys ?? inventory.keys) === inventory.keys,
      `export --salvage counts ${exported?.keys} keys`,
    );
  }
}

async function explainSome(output: string, { some }: Inventoried, random: Random): Promise<void> {
  for (const { key, db, bytes } of some) {
    const explained = await codeOf(() => explain({ file: output, key: new Uint8Array(key), db }));
    if (explained.code === "USAGE") continue; // The key is there too many times.
    claim(explained.code === undefined, `explain finds ${explained.code} in a key with a row`);
    const found = explained.value ?? [];
    const wanted = found.filter((one) => one.bytes === bytes);
    claim(wanted.length > 0, `explain says ${found[0]?.bytes} bytes, the inventory ${bytes}`);
    const sum = wanted[0]!.parts.reduce((total, part) => total + part.bytes, 0);
    claim(sum === bytes, `parts add up to ${sum}, not ${bytes}`);
    if (random.chance(0.3)) await getSome(output, new Uint8Array(key), db, random);
    if (random.chance(0.5)) break;
  }
}

async function codeOf<T>(
  run: () => Promise<T>,
): Promise<{ value: T; code?: never } | { value?: never; code: string }> {
  try {
    return { value: await run() };
  } catch (error) {
    if (error instanceof RdbError) return { code: error.code };
    if (error instanceof UsageError) return { code: "USAGE" };
    throw error;
  }
}
