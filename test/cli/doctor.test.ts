import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RULES } from "../../src/doctor/rules/index.ts";
import * as values from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { readCsv } from "../support/read-csv.ts";
import { SAMPLE } from "./run-cli.ts";
import { runInside } from "./run-inside.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-doctor-"));
const place = (name: string) => path.join(folder, name);
const all = place("all.sqlite");
const none = place("none.sqlite");
const two = place("two.sqlite");
const healthy = place("healthy.rdb");
const info = place("info.txt");
const other = place("other.txt");
const thresholds = place("thresholds.json");

beforeAll(async () => {
  const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6").aux("ctime", "1750000000");
  for (let i = 0; i < 4; i++) writer.key(`page:${i}`, values.stringValue(`${i}`.repeat(1000)));
  fs.writeFileSync(healthy, writer.end());
  fs.writeFileSync(
    info,
    [
      ...["used_memory:2000000", "used_memory_rss:2000000", "used_memory_peak:2000000", "evicted_keys:7"],
      ...["maxmemory:2000000", "maxmemory_policy:allkeys-lru", "mem_clients_normal:0"],
      ...["mem_clients_slaves:0", "mem_aof_buffer:0", ""],
    ].join("\r\n"),
  );
  fs.writeFileSync(other, "redis_version:2.8.0\nused_memory:2000000\n");
  fs.writeFileSync(thresholds, '{"undrained-queues": {"elements": 5000}}');
  expect((await runInside(["analyze", SAMPLE, "-o", all])).status).toBe(0);
  expect((await runInside(["analyze", SAMPLE, "-o", none, "--keys", "none"])).status).toBe(0);
  expect((await runInside(["analyze", SAMPLE, healthy, "-o", two])).status).toBe(0);
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const doctor = async (...args: string[]) => {
  const { status, stdout, stderr } = await runInside(["doctor", ...args]);
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
};
const asJson = async (...args: string[]) => JSON.parse((await doctor(...args, "--format", "json")).stdout);

test("says when nothing is wrong", async () => {
  const { status, stdout } = await doctor(healthy);
  expect(status).toBe(0);
  expect(stdout).toMatch(/healthy\.rdb: nothing is wrong as far as \d+ rules can see\n/);
  expect(await asJson(healthy)).toMatchObject([{ healthy: true, findings: [] }]);
});

test("finds the queue of the sample, which nobody drains", async () => {
  for (const file of [all, none, SAMPLE]) {
    const [{ findings }] = await asJson(file, "--rules", "undrained-queues");
    expect(findings).toMatchObject([
      {
        rule: "undrained-queues",
        severity: "warning",
        figures: { elements: 1400 },
        examples: ["queue:webhooks:failed"],
      },
    ]);
  }
  expect(await asJson(all, "--rules", "undrained-queues", "--thresholds", thresholds)).toMatchObject([
    { findings: [] },
  ]);
  expect((await asJson(all, "--disable", "undrained-queues"))[0].looked).not.toContain("undrained-queues");
});

test("goes by the length of a string, as bigkeys does", async () => {
  const MB = 1024 ** 2;
  const file = place("strings.rdb");
  const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6").aux("ctime", "1750000000");
  writer.key("just", values.stringValue("a".repeat(MB))).key("more", values.stringValue("b".repeat(MB + 1)));
  fs.writeFileSync(file, writer.end());
  const [{ findings }] = await asJson(file, "--rules", "big-keys");
  expect(findings.map(({ examples }: { examples: string[] }) => examples)).toEqual([["more"]]);
  const told = JSON.parse((await runInside(["bigkeys", file, "--format", "json"])).stdout.toString());
  const classes = new Map(told.map((row: { key: string; class: string }) => [row.key, row.class]));
  expect([classes.get("just"), classes.get("more")]).toEqual(["review", "big"]);
});

test("looks at INFO, and tells which rules could not look", async () => {
  const [given] = await asJson(all, "--info", info);
  const rules = given.findings.map(({ rule }: { rule: string }) => rule);
  expect(rules).toEqual(expect.arrayContaining(["evictions", "maxmemory", "eviction-policy"]));
  expect(given.skipped).toEqual([]);
  const [not] = await asJson(none);
  expect(not.looked.length + not.skipped.length).toBe(RULES.length);
  const { stdout } = await doctor(none);
  expect(stdout).toMatch(/note: did not look: fragmentation, .*\(needs a saved INFO text: --info FILE\)/);
  expect(stdout).toMatch(
    /note: did not look: expiry-spikes, .*\(needs a row a key: rdbscope analyze .* --keys all\)/,
  );
});

const OF_INFO = "maxmemory,fragmentation,peak,evictions,buffers,eviction-policy";

test("gives no all-clear of what INFO does not tell", async () => {
  const file = place("bare.txt");
  fs.writeFileSync(file, "used_memory:14763192\n");
  const [none] = await asJson(all, "--info", file, "--rules", OF_INFO);
  expect(none).toMatchObject({ healthy: null, looked: [], findings: [] });
  expect(none.skipped).toHaveLength(OF_INFO.split(",").length);
  expect(none.skipped).toContainEqual({ rule: "evictions", why: "INFO has no evicted_keys" });
  const { stdout } = await doctor(all, "--info", file, "--rules", OF_INFO);
  expect(stdout).toMatch(/^.*: no rule could look\n/);
  expect(stdout).toContain("note: did not look: evictions (INFO has no evicted_keys)");
  expect(stdout).not.toContain("nothing is wrong");

  fs.writeFileSync(file, "used_memory:14763192\nmaxmemory:0\nevicted_keys:0\nused_memory_peak:\n");
  const [some] = await asJson(all, "--info", file, "--rules", OF_INFO);
  expect(some).toMatchObject({ healthy: true, looked: ["evictions", "eviction-policy"] });
  expect(some.skipped).toContainEqual({ rule: "maxmemory", why: "INFO has no total_system_memory" });
  expect(some.skipped).toContainEqual({ rule: "peak", why: "INFO has no used_memory_peak" });
  expect(some.skipped).toContainEqual({
    rule: "buffers",
    why: "INFO has no mem_clients_normal, mem_total_replication_buffers or mem_clients_slaves, mem_aof_buffer or aof_buffer_length",
  });
});

test("tells above the findings that INFO is of something else", async () => {
  const { stdout } = await doctor(all, "--info", other);
  expect(stdout).toMatch(
    /^.*\nnote: --info does not fit this snapshot: it is of redis 2\.8\.0, the snapshot of/,
  );
  expect((await asJson(all, "--info", other))[0].info_misfit).toMatch(/^--info does not fit/);
  expect((await doctor(all, "--info", other, "--format", "csv")).stderr).toMatch(/--info does not fit/);
  expect((await asJson(all))[0].info_misfit).toBeNull();
});

test("counts all findings, and says how many are not shown", async () => {
  const [every] = await asJson(all, "-l", "1000");
  const [few] = await asJson(all, "-l", "1");
  expect(few.counts).toEqual(every.counts);
  const missing = every.findings.length - few.findings.length;
  const most = Math.max(
    ...RULES.map(({ id }) => every.findings.filter(({ rule }: { rule: string }) => rule === id).length),
  );
  const [headline] = (await doctor(all, "-l", "1")).stdout.split("\n\n");
  expect(headline!.replace(/\s+/g, " ")).toContain(`(${missing} not shown: -l ${most} shows all)`);
  expect((await doctor(all, "-l", String(most))).stdout).not.toMatch(/not shown/);
});

test("answers for each snapshot of an inventory", async () => {
  const both = await asJson(two);
  expect(
    both.map(({ snapshot, healthy: fine }: { snapshot: number; healthy: boolean }) => [snapshot, fine]),
  ).toEqual([
    [1, false],
    [2, true],
  ]);
  expect((await doctor(two, "--info", info)).stderr).toMatch(/--info is of one server: choose its snapshot/);
  expect((await doctor(two, "--info", info, "--snapshot", "1")).status).toBe(0);
});

test("has no names where names are hashed", async () => {
  const { stdout } = await doctor(SAMPLE, "--hash-keys", "-l", "100");
  expect(stdout).toMatch(/For example: #/);
  expect(stdout).not.toMatch(/queue:webhooks:failed|leaderboard:alltime/);
});

test("has the other formats", async () => {
  const { stdout } = await doctor(all, "--format", "csv");
  const [header, ...rows] = readCsv(stdout);
  expect(header).toEqual(
    expect.arrayContaining(["snapshot", "severity", "rule", "title", "saving_bytes", "advice"]),
  );
  const [{ findings }] = await asJson(all);
  expect(rows).toHaveLength(findings.length);
  const markdown = (await doctor(all, "--format", "markdown")).stdout;
  expect(markdown.match(/^### /gm)).toHaveLength(findings.length);
});

describe("--list", () => {
  test("prints every rule with what it goes by", async () => {
    const { stdout } = await doctor("--list", "--format", "json");
    const rows = JSON.parse(stdout);
    expect(rows.map(({ rule }: { rule: string }) => rule)).toEqual(RULES.map(({ id }) => id));
    expect(rows[0].thresholds).toContain("no_ttl_share=0.05");
  });
});

test.each([
  [[], /give a snapshot or an inventory/],
  [[all, "--rules", "big-kesy"], /unknown rule big-kesy: did you mean big-keys\?/],
  [[all, "--thresholds", info], /info\.txt is no JSON/],
  [[all, "--info", thresholds], /thresholds\.json has no used_memory/],
])("refuses %j in a line", async (args, told) => {
  const { status, stderr } = await doctor(...args);
  expect([status, stderr.split("\n").length]).toEqual([2, 2]);
  expect(stderr).toMatch(told);
});

test("tells a file that is not there", async () => {
  expect(await doctor(all, "--info", place("none.txt"))).toMatchObject({ status: 4 });
});
