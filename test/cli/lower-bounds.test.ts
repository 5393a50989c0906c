import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { workFolder } from "../pipeline/support.ts";
import { hashPackedValue, stringValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { runInside } from "./run-inside.ts";

const folder = workFolder();
const CREATED = 1_750_000_000;
const HOUR_MS = 3_600_000;

/** A hash with an entry that no listpack has: damage inside a value. */
function damagedHash(): ReturnType<typeof hashPackedValue> {
  const value = hashPackedValue(16, [["field", "value"]]);
  const body = Buffer.from(value.body);
  body[7] = 0xf5;
  return { ...value, body };
}

/** `damaged` expires within 24 hours or never; sound keys stand in both spans, and in one of their own. */
function snapshot(damagedExpires: boolean): string {
  const at = (hours: number) => ({ expiresAtMs: CREATED * 1000 + hours * HOUR_MS });
  const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6").aux("ctime", String(CREATED));
  writer
    .key("a:1", stringValue("v"))
    .key("a:2", stringValue("v"), at(20))
    .key("a:3", stringValue("v"), at(100));
  writer.key("b", damagedHash(), damagedExpires ? at(20) : {});
  const file = path.join(folder, `${damagedExpires}.rdb`);
  fs.writeFileSync(file, writer.end());
  return file;
}

test.each([true, false])(
  "spans of time with lower bounds in them have a ≥, others none (expires: %s)",
  async (expires) => {
    const file = snapshot(expires);
    const inventory = `${file}.sqlite`;
    expect((await runInside(["analyze", file, "--keys", "none", "-o", inventory])).status).toBe(0);
    const marked = expires ? ["within 24 hours"] : ["no TTL"];
    for (const args of [
      ["ttl", file],
      ["ttl", inventory],
      ["ttl", file, "--bytes", "1"],
      ["ttl", file, "--now", "1750000060"],
    ]) {
      const { stdout } = await runInside(args);
      const lines = stdout
        .toString()
        .split("\n")
        .filter((line) => /^(within|later|no TTL|expired|total)/.test(line));
      expect(lines.filter((line) => line.includes("≥")).map((line) => line.split("  ")[0])).toEqual([
        ...marked,
        "total",
      ]);
    }
    const summary = (await runInside(["summary", file])).stdout.toString();
    expect(summary).toMatch(new RegExp(`${marked[0]} .*≥`));
    const patterns = (await runInside(["ttl", inventory, "--by", "pattern"])).stdout.toString();
    expect(patterns).toMatch(/^b +1 +≥/m);
    expect(patterns).toMatch(/^a:\* +3 +\d/m);
  },
);

test("explain marks what a damaged key takes, and not a sound one", async () => {
  const file = snapshot(true);
  const damaged = (await runInside(["explain", file, "b"])).stdout.toString();
  expect(damaged).toMatch(/^MEMORY USAGE +≥\d+ bytes, damaged$/m);
  expect(damaged).toMatch(/^heap +≥\d+ bytes$/m);
  expect(damaged).toMatch(/^total +≥\d+ +≥\d+$/m);
  expect((await runInside(["explain", file, "a:1"])).stdout.toString()).not.toContain("≥");
});
