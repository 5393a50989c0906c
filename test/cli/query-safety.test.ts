import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeInventory } from "../queries/small-inventory.ts";
import { runCli, start } from "./run-cli.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-safety-test-"));
const inventory = path.join(folder, "small.sqlite");
const NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)";
const ENDLESS = `${NUMBERS} SELECT count(*) FROM n`;
let before: Buffer;

beforeAll(() => {
  writeInventory(inventory);
  before = fs.readFileSync(inventory);
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const REFUSED = /only statements that return rows/;
const evil = path.join(folder, "evil");

const HOSTILE: readonly [sql: string, message: RegExp, options?: readonly string[]][] = [
  [`ATTACH '${evil}' AS e`, REFUSED],
  [`/* */ -- x\n ATTACH '${evil}' AS e`, REFUSED],
  [`VACUUM INTO '${evil}'`, REFUSED],
  ["PRAGMA journal_mode = WAL", REFUSED],
  ["EXPLAIN PRAGMA query_only = 0", REFUSED],
  ["EXPLAIN QUERY PLAN DELETE FROM slots", REFUSED],
  ["CREATE TEMP TABLE t(a)", REFUSED],
  ["WITH x AS (SELECT 1) DELETE FROM slots", REFUSED],
  ["INSERT INTO slots VALUES (1, 1, 1, 1) RETURNING slot", REFUSED],
  ["SELECT 1; DROP TABLE slots", /one SQL statement, please/],
  [`SELECT load_extension('${evil}')`, /not authorized/],
  [`SELECT writefile('${evil}', 'x')`, /no such function: writefile/],
  ["SELECT readfile('/etc/hostname')", /no such function: readfile/],
  ["SELECT fts3_tokenizer('simple', x'00')", /disabled/],
  ["SELECT zeroblob(1000000000)", /too big/],
  [ENDLESS, /ran longer than 0\.3 s/, ["--timeout", "0.3s"]],
  ["SELECT randomblob(400000000)", /took more than 209715200 bytes/, ["--max-memory", "200M"]],
];

describe("query", () => {
  test.each(HOSTILE)("refuses or ends %s", async (sql, message, options = []) => {
    const ran = await runCli(["query", inventory, sql, ...options]);
    expect(ran).toMatchObject({ status: 2, stdout: "" });
    expect(ran.stderr).toMatch(/^rdbscope: [^\n]*\n$/);
    expect(ran.stderr).toMatch(message);
    expect(fs.readdirSync(folder)).toEqual(["small.sqlite"]);
    expect(fs.readFileSync(inventory).equals(before)).toBe(true);
  });

  test.skipIf(process.platform !== "linux").each(["SIGINT", "SIGKILL"] as const)(
    "leaves no process behind after %s",
    async (signal) => {
      const parent = start(["query", inventory, ENDLESS]);
      const list = `/proc/${parent.pid}/task/${parent.pid}/children`;
      let child = "";
      while (child === "") {
        await new Promise((go) => setTimeout(go, 20));
        child = fs.readFileSync(list, "utf8").trim();
        const isOurs =
          child !== "" && fs.readFileSync(`/proc/${child}/cmdline`, "utf8").includes("query-process");
        if (!isOurs) child = "";
      }
      parent.kill(signal);
      const status = await new Promise((resolve) => parent.on("close", resolve));
      expect(status).toBe(signal === "SIGINT" ? 130 : null);
      while (isAlive(child)) await new Promise((go) => setTimeout(go, 20));
    },
  );
});

/** A process that ended, but that nobody asked how, is no more. */
function isAlive(pid: string): boolean {
  try {
    return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

describe("an inventory that is not as rdbscope makes it is refused", () => {
  const changes: readonly [name: string, change: (db: Database.Database) => void, message: RegExp][] = [
    ["a view of ours", (db) => db.exec(`DROP VIEW keys; CREATE VIEW keys AS ${ENDLESS}`), /keys is not as/],
    ["WAL mode", (db) => db.pragma("journal_mode = WAL"), /is in WAL mode/],
  ];

  test.each(changes)("%s", async (_, change, message) => {
    const own = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-safety-test-"));
    const file = path.join(own, "changed.sqlite");
    writeInventory(file);
    const db = new Database(file);
    change(db);
    db.close();
    const ran = await runCli(["query", file, "SELECT count(*) FROM keys"]);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toMatch(message);
    expect(fs.readdirSync(own)).toEqual(["changed.sqlite"]);
    fs.rmSync(own, { recursive: true, force: true });
  });
});
