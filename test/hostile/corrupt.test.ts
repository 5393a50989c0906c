import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { RdbError } from "../../parsers/errors.ts";
import { explain } from "../../src/pipeline/explain.ts";
import { verify } from "../../src/pipeline/verify.ts";
import { ask, run, workFolder } from "../pipeline/support.ts";
import { readWithModel } from "./read-with-model.ts";

const FOLDER = path.resolve(import.meta.dirname, "../../fixtures/corrupt");
const MAX_HELD_BYTES = 64 * 2 ** 20;
/** Keys of each file that are read on their own. */
const EXPLAINED = 20;
const folder = workFolder();

/** What each file comes to: `rows` or the code of an `RdbError`, by name. */
const OUTCOMES = new Map(
  fs
    .readFileSync(path.join(FOLDER, "outcomes.tsv"), "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split("\t") as [string, string]),
);
const files = fs.readdirSync(FOLDER).filter((name) => name.endsWith(".rdb"));

async function outcomeOf(file: string): Promise<string> {
  try {
    const { output, snapshots } = await run(folder, [file]);
    expect(ask(output, "PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
    expect(ask(output, "SELECT count(*) AS rows FROM key_rows")[0]!.rows).toBe(snapshots[0]!.storedRows);
    return "rows";
  } catch (error) {
    if (error instanceof RdbError) return error.code;
    throw error;
  }
}

describe("what fuzzing found", () => {
  it("has its outcome in outcomes.tsv", () => {
    expect([...OUTCOMES.keys()].sort()).toEqual(files.sort());
  });

  it.each([...OUTCOMES])("%s ends in %s", async (name, outcome) => {
    const file = path.join(FOLDER, name);
    expect(await outcomeOf(file)).toBe(outcome);
    const { checksum, faults } = await verify(file, { workers: 1 });
    if (outcome === "rows") expect(checksum).not.toBe("unread");
    else expect(faults.map(({ code }) => code)).toContain(outcome);
    expect(readWithModel(fs.readFileSync(file)).heldBytes).toBeLessThan(MAX_HELD_BYTES);
  });

  it.each([...OUTCOMES].filter(([, outcome]) => outcome === "rows"))(
    "%s: explain reads the same keys",
    async (name) => {
      const { output } = await run(folder, [path.join(FOLDER, name)]);
      const keys = ask(
        output,
        `SELECT CAST(key AS BLOB) AS key, db, bytes, payload_bytes, elements FROM keys
       GROUP BY key, db HAVING count(*) = 1 LIMIT ${EXPLAINED}`,
      );
      for (const { key, ...figures } of keys) {
        const [found] = await explain({ file: output, key: key as Uint8Array, db: Number(figures.db) });
        expect(found).toMatchObject(figures);
      }
    },
  );
});
