/**
 * Corpus gate: every snapshot of other projects' test suites gives the number of keys, version and checksum that an
 * independent walker found, or the error it should. `node scripts/gate.mjs test/gates/corpus.ts [../shared/corpus]`
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RdbError } from "../../parsers/errors.ts";
import { analyze } from "../../src/index.ts";
import { readTsv, skipLoudly, withTempFolder } from "./shared.ts";

type Checksum = "ok" | "absent" | "mismatch";
type Expected =
  | { readonly keys: number; readonly checksum: Checksum; readonly reason?: string }
  | { readonly error: true; readonly reason?: string };

/** Where the manifest's walker is not the judge: decided from the bytes. */
const EXCEPTIONS: Readonly<Record<string, Expected>> = {
  "librdb/redis_ent_opcode_ram_lru.rdb": {
    keys: 3,
    checksum: "ok",
    reason:
      "Redis Enterprise's opcode 107 (RAM_LRU, one length) stands before each of the 3 strings; the walker did not know it",
  },
};

/** What the manifest says of a row. */
function expectedOf(row: Record<string, string>): Expected {
  const known = EXCEPTIONS[row.path!];
  if (known !== undefined) return known;
  const what = row.what ?? "";
  if (what.includes("ERR")) return { error: true };
  const written = /crc=(\w+)/.exec(what)?.[1];
  const checksum: Checksum = written === "ok" ? "ok" : written === "BAD" ? "mismatch" : "absent";
  return { keys: Number(row.keys), checksum };
}

/** What is wrong with what we say of a snapshot; empty when nothing is. */
async function deviations(file: string, output: string, row: Record<string, string>): Promise<string[]> {
  const expected = expectedOf(row);
  try {
    const result = await analyze({ inputs: [file], output, force: true, workers: 1 });
    const snapshot = result.snapshots[0];
    if (snapshot === undefined) return ["no snapshot in the result"];
    if ("error" in expected) return [`${snapshot.keys} keys where an error is due`];
    const found: string[] = [];
    if (snapshot.keys !== expected.keys) found.push(`${snapshot.keys} keys, not ${expected.keys}`);
    if (snapshot.checksum !== expected.checksum)
      found.push(`checksum ${snapshot.checksum}, not ${expected.checksum}`);
    const written = /^(REDIS|VALKEY)(\d+)$/.exec(row.magic!);
    if (!snapshot.magic.startsWith(written?.[1] ?? "?"))
      found.push(`magic ${snapshot.magic}, not ${row.magic}`);
    if (snapshot.rdbVersion !== Number(written?.[2]))
      found.push(`RDB version ${snapshot.rdbVersion}, not ${row.magic}`);
    return found;
  } catch (error) {
    if (!(error instanceof RdbError))
      return [`a bug of ours: ${error instanceof Error ? error.stack : String(error)}`];
    const inventory = existsSync(output) ? ["an error, but an inventory was left behind"] : [];
    if (!("error" in expected)) return [`${error.message} (${expected.keys} keys are due)`, ...inventory];
    const size = Number(row.bytes);
    if (error.offset < 0 || error.offset > size)
      return [`offset ${error.offset} outside the ${size} bytes`, ...inventory];
    return inventory;
  }
}

async function main(folder: string): Promise<number> {
  const manifest = join(folder, "manifest.tsv");
  if (!existsSync(manifest)) {
    skipLoudly("corpus", folder);
    return 0;
  }
  const rows = readTsv(readFileSync(manifest, "utf8"));
  let bad = 0;
  await withTempFolder(async (temp) => {
    for (const [i, row] of rows.entries()) {
      const found = await deviations(join(folder, row.path!), join(temp, `${i}.sqlite`), row);
      if (found.length > 0) bad++;
      for (const text of found) console.log(`DEVIATION ${row.path}: ${text}`);
    }
  });
  const exceptions = Object.keys(EXCEPTIONS).filter((path) => rows.some((row) => row.path === path)).length;
  console.log(
    `corpus gate: ${rows.length} snapshots, ${rows.length - bad} as they should be, ${bad} not; ${exceptions} by exception`,
  );
  return bad === 0 && rows.length > 0 ? 0 : 1;
}

process.exitCode = await main(process.argv[2] ?? "../shared/corpus");
