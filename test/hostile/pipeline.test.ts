import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { explain } from "../../src/pipeline/explain.ts";
import { ask, run, workFolder } from "../pipeline/support.ts";
import { len, str } from "../support/rdb-primitives.ts";
import { stringValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";

const folder = workFolder();

describe("a snapshot that claims more than a server has", () => {
  it("of hash templates is read whole, however many stand in one chunk", async () => {
    const writer = new RdbWriter("REDIS", 15);
    for (let id = 0; id < 70_000; id++) writer.raw(Buffer.of(242), len(id % 64), Buffer.of(1, 1, 97));
    const { snapshots } = await run(folder, [writer.key("k", stringValue("v")).end()]);
    expect(snapshots).toMatchObject([{ keys: 1, checksum: "ok" }]);
  });

  it("of databases and modules is told how many are not listed", async () => {
    const writer = new RdbWriter("REDIS", 11);
    for (let i = 0; i < 10_002; i++) writer.raw(Buffer.of(247, 0, 0));
    const { output } = await run(folder, [writer.end()]);
    expect(ask(output, "SELECT code, message FROM warnings WHERE code = 'NOT_LISTED'")).toEqual([
      { code: "NOT_LISTED", message: "more than can be listed: 2 more module fields" },
    ]);
  });

  it("of copies of one key is refused by explain, and the key found by its database", async () => {
    const writer = new RdbWriter("REDIS", 11);
    for (let db = 0; db < 150; db++) writer.selectDb(db).raw(Buffer.of(0), str("same"), str("v"));
    const file = path.join(folder, "copies.rdb");
    fs.writeFileSync(file, writer.end());
    const { output } = await run(folder, [file]);
    const key = Buffer.from("same");
    for (const from of [file, output]) {
      await expect(explain({ file: from, key })).rejects.toThrow(
        'holds the key "same" more than 100 times: choose a database with -n',
      );
      expect(await explain({ file: from, key, db: 149 })).toMatchObject([{ db: 149, key: "same" }]);
      await expect(explain({ file: from, key, db: 150 })).rejects.toThrow(/; it is in database 0, 1, 2,/);
    }
  });
});
