import { describe, expect, it } from "vitest";
import * as values from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { ask, run, workFolder } from "./support.ts";

const folder = workFolder();
const word = (i: number) => [...String(i * 7919)].map((digit) => "ghijklmnop"[Number(digit)]).join("");

/** Users by name in database 0, sessions by name in database 3, and too few names to learn from in database 5. */
function snapshot(): Buffer {
  const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6");
  for (let i = 0; i < 3000; i++) {
    const value = values.stringValue("v".repeat(900));
    writer.key(`user:${word(i >> 1)}:${i & 1 ? "cart" : "seen"}`, value);
  }
  writer.selectDb(3);
  for (let i = 0; i < 400; i++) writer.key(`{${word(i)}}_session`, values.stringValue("v"));
  writer.selectDb(5);
  for (let i = 0; i < 5; i++) writer.key(`user:${word(i)}:cart`, values.stringValue("v"));
  writer.key("config:global", values.stringValue("v"));
  return writer.end();
}

const PATTERNS =
  "SELECT db, pattern, sum(keys) AS keys FROM rollup GROUP BY db, pattern ORDER BY db, pattern";
const BY_KEY = "SELECT db, key, pattern FROM keys ORDER BY db, key";

describe("patterns of a snapshot", () => {
  it("are learnt in each database, and hold for those behind it", async () => {
    const { output } = await run(folder, [snapshot()]);
    expect(ask(output, PATTERNS)).toEqual([
      { db: 0, pattern: "user:*:cart", keys: 1500 },
      { db: 0, pattern: "user:*:seen", keys: 1500 },
      { db: 3, pattern: "{*}_session", keys: 400 },
      { db: 5, pattern: "config:global", keys: 1 },
      { db: 5, pattern: "user:*:cart", keys: 5 },
    ]);
  });

  it("do not depend on the number of threads", async () => {
    const [one, three] = [
      await run(folder, [snapshot()], { workers: 1 }),
      await run(folder, [snapshot()], { workers: 3 }),
    ];
    expect(ask(three.output, BY_KEY)).toEqual(ask(one.output, BY_KEY));
  });

  it("are what settings say, and the inventory keeps those", async () => {
    const patterns = { templates: ["user:{name}:{what}"], separators: ":", depth: 2 };
    const { output } = await run(folder, [snapshot()], { patterns });
    expect(ask(output, PATTERNS)[0]).toEqual({ db: 0, pattern: "user:*:*", keys: 3000 });
    expect(ask(output, "SELECT pattern_settings FROM snapshots")).toEqual([
      { pattern_settings: JSON.stringify(patterns) },
    ]);
  });

  it("refuse settings that make no sense before anything is read", async () => {
    await expect(run(folder, [snapshot()], { patterns: { templates: ["plain"] } })).rejects.toThrow(
      "template plain: it has no place such as {id}",
    );
  });
});
