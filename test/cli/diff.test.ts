import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as values from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { readCsv } from "../support/read-csv.ts";
import { SAMPLE } from "./run-cli.ts";
import { runInside } from "./run-inside.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-cli-diff-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
const [old, now] = ["old.rdb", "new.rdb"].map((name) => path.join(folder, name)) as [string, string];
const inventory = path.join(folder, "old.sqlite");

/** 40 users, of which some grow, vanish or come, and 30 carts that become baskets. */
function snapshotOf(isNew: boolean, version = "7.2.4"): Buffer {
  const writer = new RdbWriter("REDIS", 10)
    .aux("redis-ver", version)
    .aux("ctime", isNew ? "1700086400" : "1700000000");
  writer.selectDb(0);
  for (let i = isNew ? 2 : 0; i < (isNew ? 45 : 40); i++) {
    writer.key(`user:${i}`, values.stringValue("x".repeat(isNew && i === 7 ? 3000 : 50)));
  }
  for (let i = 0; i < 30; i++)
    writer.key(`${isNew ? "basket" : "cart"}:${i}`, values.stringValue(`${i}`.repeat(i)));
  return writer.end();
}

beforeAll(async () => {
  fs.writeFileSync(old, snapshotOf(false));
  fs.writeFileSync(now, snapshotOf(true));
  expect((await runInside(["analyze", old, "-o", inventory, "--quiet"])).status).toBe(0);
});

async function ask(...args: string[]) {
  const { status, stdout, stderr } = await runInside(["diff", ...args]);
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

describe("diff", { timeout: 180_000 }, () => {
  test("shows signs, sizes, percents, what is left out, and the total", async () => {
    const { status, stdout } = await ask(old, now, "-l", "3");
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /old\.rdb \(2023-11-14 22:13:20 UTC\) -> .*new\.rdb \(2023-11-15 22:13:20 UTC\), 1 day later/,
    );
    expect(stdout).toMatch(/note: 35 keys added; 32 removed; 1 changed: 1 grew/);
    expect(stdout).toMatch(/^\s*-\S+ +gone +-30 .* cart:\*$/m);
    expect(stdout).toMatch(/^\s*\+\S+ +new +\+30 .* basket:\*$/m);
    expect(stdout).toMatch(/^\s*\+\S+ .* … and 32 others$/m);
    expect(stdout).toMatch(/^ *\+\S+ +\+\S+% +\+3 .* TOTAL$/m);
    expect(stdout).toMatch(/Perhaps renamed: a hint\n[^\n]+\n\s+30\s+30\s+30\s+cart:\*\s+basket:\*/);
  });

  test("sums what grew and shrank beyond what is listed", async () => {
    const write = (name: string, sizes: readonly number[], ttl: boolean) => {
      const writer = new RdbWriter("REDIS", 10)
        .aux("redis-ver", "7.2.4")
        .aux("ctime", "1700000000")
        .selectDb(0);
      for (const [i, size] of sizes.entries())
        writer.key(
          `key:${i}`,
          values.stringValue("x".repeat(size)),
          ttl ? { expiresAtMs: 1_800_000_000_000 } : {},
        );
      const file = path.join(folder, name);
      fs.writeFileSync(file, writer.end());
      return file;
    };
    // Two grow and two shrink, each by another size.
    const a = write("sizes-a.rdb", [100, 100, 3000, 5000], true);
    const b = write("sizes-b.rdb", [1000, 2000, 100, 100], false);
    const [all] = JSON.parse((await ask(a, b, "--format", "json")).stdout);
    const sumOf = (list: { bytes_change: number }[]) => list.reduce((sum, row) => sum + row.bytes_change, 0);
    expect([all.keys.grew_bytes, -all.keys.shrank_bytes]).toEqual([
      sumOf(all.lists.grew),
      sumOf(all.lists.shrank),
    ]);
    const { stdout } = await ask(a, b, "-l", "1");
    for (const [title, sign] of [
      ["Keys that grew: 2", "\\+"],
      ["Keys that shrank: 2", "-"],
    ] as const) {
      const [, list] = stdout.split(title);
      expect(list).toMatch(new RegExp(`^ *${sign}\\S+ .*… and 1 other\\n *${sign}\\S+ .*TOTAL`, "m"));
    }
    expect(stdout).toMatch(/4 lost their TTL/);
    expect((await ask(b, a)).stdout).toMatch(/4 gained a TTL/);
  });

  test("of a file with itself says that nothing differs, without empty tables", async () => {
    const same = (await ask(old, old)).stdout;
    expect(same).toContain("no key differs");
    expect(same).not.toMatch(/By pattern|TOTAL/);
    const groups = (await ask(old, old, "--by", "type")).stdout;
    expect(groups).toContain("no group differs");
    expect(groups).not.toMatch(/By type|TOTAL/);
  });

  test("exits 1 with differences where it is told to", async () => {
    expect((await ask(old, now, "--exit-code")).status).toBe(1);
    expect((await ask(old, old, "--exit-code")).status).toBe(0);
    expect((await ask(old, now, "--exit-code", "--by", "type")).status).toBe(1);
    expect((await ask(old, now, "--exit-code", "-k", "nothing:*")).status).toBe(0);
  });

  test("takes a snapshot and an inventory, which say the same", async () => {
    const there = JSON.parse((await ask(inventory, now, "--format", "json")).stdout)[0];
    const both = JSON.parse((await ask(old, now, "--format", "json")).stdout)[0];
    expect({ ...there, old: 0 }).toEqual({ ...both, old: 0 });
    const back = JSON.parse((await ask(now, inventory, "--format", "json")).stdout)[0];
    expect([back.keys.added_keys, back.keys.removed_keys]).toEqual([32, 35]);
  });

  test("lists keys as CSV, and groups with --by", async () => {
    const { stdout } = await ask(old, now, "--format", "csv", "-l", "100");
    const [head, ...rows] = readCsv(stdout);
    expect(rows).toHaveLength(68);
    const changed = rows.find(([change]) => change === "changed")!;
    const cell = (name: string) => changed[head!.indexOf(name)];
    expect([cell("key"), cell("what"), Number(cell("new_bytes")) - Number(cell("old_bytes"))]).toEqual([
      "user:7",
      "grew",
      Number(cell("bytes_change")),
    ]);
    const cut = await ask(old, now, "--format", "csv", "-l", "3");
    expect(readCsv(cut.stdout)).toHaveLength(8);
    expect(cut.stderr).toMatch(/61 more keys differ/);
    const [, ...groups] = readCsv((await ask(old, now, "--by", "pattern", "--format", "csv")).stdout);
    expect(groups.map(([group, status]) => [group, status]).sort()).toEqual([
      ["basket:*", "new"],
      ["cart:*", "vanished"],
      ["user:*", "changed"],
    ]);
  });

  test("analyzes two snapshots for one server, that of the later one", async () => {
    const other = path.join(folder, "other.rdb");
    fs.writeFileSync(other, snapshotOf(false, "6.2.14"));
    const { status, stdout } = await ask(other, old, "--exit-code");
    expect([status, stdout]).toEqual([0, expect.stringMatching(/no key differs/)]);
    const made = path.join(folder, "other.sqlite");
    await runInside(["analyze", other, "-o", made, "--quiet"]);
    const refused = await ask(made, inventory);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/differ in profile \(redis-6.2, redis-7.2\).*--allow-mixed/);
    expect((await ask(made, inventory, "--allow-mixed")).stdout).toMatch(/not made alike/);
    expect((await ask(made, old)).status).toBe(0);
  });

  test("refuses what it cannot do, in a line", async () => {
    const cases: [string[], RegExp, number][] = [
      [[old], /missing required argument 'new'/, 2],
      [[old, now, "--by", "size"], /"size" is not one of pattern, type, encoding, ttl, slot/, 2],
      [[inventory, inventory, "--profile", "redis-8.0"], /--profile is for snapshots/, 2],
      [[old, path.join(folder, "none.rdb")], /no such file/, 4],
      [[inventory, inventory, "--old-snapshot", "2"], /holds no snapshot 2/, 2],
      [[inventory, inventory, "--temp-dir", path.join(folder, "none")], /^$/, 0],
      [[old, now, "--temp-dir", path.join(folder, "none")], /cannot make a temporary folder/, 4],
    ];
    for (const [args, message, status] of cases) {
      const ran = await ask(...args);
      expect([ran.status, ran.stderr]).toEqual([status, expect.stringMatching(message)]);
    }
  });

  test("compares samples and inventories without keys by groups alone", async () => {
    const bare = path.join(folder, "bare.sqlite");
    await runInside(["analyze", now, "-o", bare, "--keys", "none", "--quiet"]);
    const shown = await ask(inventory, bare);
    expect(shown.stdout).toMatch(/keys were not compared: .*bare\.sqlite holds no row a key/);
    const rows = await ask(inventory, bare, "--format", "csv");
    expect([rows.status, rows.stderr]).toEqual([
      2,
      expect.stringMatching(/ask for groups, such as --by pattern/),
    ]);
    expect((await ask(inventory, bare, "--by", "ttl")).status).toBe(0);
  });

  test("marks estimates of samples, and says the same change in totals and groups", async () => {
    const [drawn, whole] = ["drawn.sqlite", "whole.sqlite"].map((name) => path.join(folder, name));
    await runInside(["analyze", SAMPLE, "-o", drawn!, "--sample", "0.3", "--quiet"]);
    await runInside(["analyze", SAMPLE, "-o", whole!, "--quiet"]);
    const { stdout } = await ask(drawn!, whole!, "--allow-mixed", "--by", "pattern");
    const [, keys, bytes] = /^ *Change +(~\S+) +(~\S+)/m.exec(stdout)!;
    expect(/^ *(~\S+) +~\S+ +(~\S+) .*TOTAL$/m.exec(stdout)!.slice(1)).toEqual([bytes, keys]);
    expect(stdout).toMatch(/^ *Old +~\S+ +~/m);
    expect(stdout).toMatch(/^ *New +\d\S+ +\d/m);
    expect(stdout).toContain("estimates have a ~");
    expect(stdout).not.toContain("±?");
    expect((await ask(whole!, whole!)).stdout).not.toContain("~");
  });

  test("cuts no figure on a narrow terminal", async () => {
    const { stdout } = await runInside(["diff", SAMPLE, now], 60);
    const lines = stdout.toString().split("\n");
    expect(lines.filter((line) => line.length > 75)).toEqual([]);
    expect(stdout.toString()).toMatch(/TOTAL/);
  });
});
