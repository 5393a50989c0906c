import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { bigKeyClass } from "../../src/queries/big-key-classes.ts";
import { runInside } from "../cli/run-inside.ts";
import { run, workFolder } from "../pipeline/support.ts";
import { hashValue, intsetValue, setValue, stringValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";

type Row = Readonly<Record<string, unknown>>;

const folder = workFolder();
const DAY = 86_400;

/** 300 keys whose use is known: key `k:i` was used `i % 256` times, or lies idle for `i` hours. */
function snapshot(use: "freq" | "idleSeconds"): string {
  const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6").aux("ctime", "1750000000");
  for (let i = 0; i < 300; i++)
    writer.key(`k:${i}`, stringValue("v"), { [use]: use === "freq" ? i % 256 : i * 3600 });
  const file = path.join(folder, `${use}.rdb`);
  fs.writeFileSync(file, writer.end());
  return file;
}

async function text(...args: string[]) {
  const { stdout, stderr, status } = await runInside(args);
  return { out: stdout.toString(), err: stderr.toString(), status };
}

async function rows(...args: string[]): Promise<Row[]> {
  const { out, err, status } = await text(...args, "--format", "json");
  expect([status, err]).toEqual([0, ""]);
  return JSON.parse(out) as Row[];
}

describe("hotkeys", () => {
  const counted = (found: readonly Row[]) =>
    found.filter((row) => "use" in row).map(({ use, keys }) => [use, keys]);

  it("ranks by LFU counter and counts its classes, with and without key rows", async () => {
    const { output } = await run(folder, [snapshot("freq")]);
    for (const more of [[], ["--key", "*"]]) {
      const found = await rows("hotkeys", output, "-l", "3", ...more);
      expect(found.filter((row) => "rank" in row).map(({ key, freq }) => [key, freq])).toEqual([
        ["k:255", 255],
        ["k:254", 254],
        ["k:253", 253],
      ]);
      // Of 300 keys, 0 to 43 come twice.
      expect(counted(found)).toEqual([
        ["0", 2],
        ["1 to 4", 8],
        ["5 to 9", 10],
        ["10 to 19", 20],
        ["20 to 49", 54],
        ["50 to 99", 50],
        ["100 to 199", 100],
        ["200 to 254", 55],
        ["255", 1],
      ]);
    }
  });

  it("ranks by idle time, both ways, and counts its classes", async () => {
    const { output } = await run(folder, [snapshot("idleSeconds")], { keys: "none" });
    const found = await rows("hotkeys", output, "-l", "2");
    expect(found.filter((row) => "rank" in row).map(({ ranked_by, key }) => [ranked_by, key])).toEqual([
      ["recent", "k:0"],
      ["recent", "k:1"],
      ["idle", "k:299"],
      ["idle", "k:298"],
    ]);
    expect(counted(found)).toEqual([
      ["under 1 minute", 1],
      ["1 hour to 6 hours", 5],
      ["6 hours to 1 day", 18],
      ["1 day to 7 days", 144],
      ["7 days to 30 days", 132],
    ]);
    const [first] = found.filter((row) => row.use === "7 days to 30 days");
    expect([first!.at_least, first!.below]).toEqual([7 * DAY, 30 * DAY]);
  });

  it("says when a snapshot tells nothing of use", async () => {
    const { out, status } = await text("hotkeys", "fixtures/sample.rdb");
    expect([status, out]).toEqual([
      0,
      expect.stringMatching(/\(nothing\)\nnote: the snapshot tells nothing of use/),
    ]);
  });
});

describe("slots", () => {
  const file = path.join(folder, "tags.rdb");
  const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6").aux("ctime", "1750000000");
  for (let i = 0; i < 40; i++) writer.key(`{big}:${i}`, stringValue("x".repeat(100)));
  writer.key("{big}", stringValue("v")).key("{}{big}", stringValue("v")).key("a{b}{big}", stringValue("v"));
  writer.key(Buffer.from([0x7b, 0xff, 0x7d, 0x31]), stringValue("v")).key("foo{}{bar}", stringValue("v"));
  fs.writeFileSync(file, writer.end());

  it("name the hash tag that takes the most, as the server finds it", async () => {
    const found = (await rows("slots", file, "--tags")).filter((row) => "hash_tag" in row);
    expect(found[0]).toMatchObject({ hash_tag: "big", keys: 41, tag_keys: 41 });
    const tags = found.map(({ hash_tag: tag }) => JSON.stringify(tag)).sort();
    expect(tags).toEqual(['"b"', '"big"', "null", "null", '{"base64":"/w=="}'].sort());
  });

  it("name none where names are hashed, and say how where there are no rows", async () => {
    const hashed = await text("slots", file, "--tags", "--hash-keys");
    expect(hashed.out).toMatch(/no hash tags: names of keys and elements are hashed/);
    expect(hashed.out).not.toContain("big");
    expect((await text("slots", file)).out).toMatch(/note: hash tags were not looked for: --tags does$/m);
    const { output } = await run(folder, [file], { keys: "none" });
    const refused = await text("slots", output, "--tags");
    expect([refused.status, refused.err]).toEqual([
      2,
      expect.stringMatching(/needs a row a key.*--keys all/),
    ]);
  });

  it("have means of all slots, empty ones too, and say so", async () => {
    const [balance, ...fullest] = await rows("slots", file);
    const bytes = fullest.reduce((all, row) => all + Number(row.bytes), 0);
    expect(balance).toMatchObject({ slots: fullest.length, bytes, mean_bytes: bytes / 16384 });
    const imbalance = Number(fullest[0]!.bytes) / (bytes / 16384);
    expect(balance!.max_over_mean).toBeCloseTo(imbalance, 1);
    expect(fullest[0]!.over_mean).toBe(balance!.max_over_mean);
    expect((await text("slots", file)).out).toMatch(
      new RegExp(
        `^note: means are of all 16,384 slots, and 16,3${84 - fullest.length} of them have no keys$`,
        "m",
      ),
    );
  });

  it("show all ratios with the same decimals", async () => {
    const found = await rows("slots", file, "--nodes", "3");
    const lines = (await text("slots", file, "--nodes", "3")).out.split("\n");
    const ratios = found.flatMap((row) =>
      row.over_mean === undefined ? [] : [Number(row.over_mean).toFixed(2)],
    );
    expect(ratios.length).toBeGreaterThan(3);
    for (const ratio of ratios) expect(lines.some((line) => line.split(/ +/).includes(ratio))).toBe(true);
    const shown = lines.flatMap((line) => line.split(/ +/)).filter((cell) => /^\d+\.\d+$/.test(cell));
    expect(shown.filter((cell) => !/\.\d\d$/.test(cell))).toEqual([]);
  });

  it("are balanced over as many nodes as there are slots, and no more", async () => {
    const found = (await rows("slots", file, "--nodes", "16384")).filter((row) => "node" in row);
    expect([found.length, found[0]!.first_slot, found.at(-1)!.last_slot]).toEqual([16384, 0, 16383]);
    expect((await text("slots", file, "--nodes", "16385")).err).toMatch(
      /--nodes: "16385" is not a whole number from 1 to 16384/,
    );
  });
});

describe("efficiency", () => {
  it("says why there may be more data than memory", async () => {
    const numbers = Array.from({ length: 400 }, (_, i) => BigInt(i) - 9_223_372_036_854_775_000n);
    const file = path.join(folder, "numbers.rdb");
    fs.writeFileSync(file, new RdbWriter("REDIS", 11).key("n", intsetValue(numbers)).end());
    const [row] = await rows("efficiency", file);
    expect(row!.payload_bytes).toBe(1 + numbers.reduce((all, one) => all + String(one).length, 0));
    expect(Number(row!.efficiency)).toBeGreaterThan(1);
    expect((await text("efficiency", file)).out).toMatch(/^note: above 100%: packed integers take less/m);
    expect((await text("efficiency", "fixtures/sample.rdb")).out).not.toMatch(/above 100%/);
  });
});

describe("pareto", () => {
  it("says what its numbers of patterns are", async () => {
    const { out } = await text("pareto", "fixtures/sample.rdb");
    expect(out).toMatch(/Or patterns$/m);
    expect(out).toMatch(/^note: or patterns: how many of the largest patterns hold as much/m);
  });
});

describe("memkeys", () => {
  it("has the words of redis-cli --memkeys", async () => {
    const file = path.join(folder, "memkeys.rdb");
    const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6").aux("ctime", "1750000000");
    writer.key("a", stringValue("v")).key("bcd", stringValue("w".repeat(100)));
    writer.key("h\n", hashValue([["f", "v"]])).key("s", setValue(["m"]));
    fs.writeFileSync(file, writer.end());
    const { out } = await text("memkeys", file);
    const lines = out.split("\n");
    expect(lines.slice(0, 5)).toEqual([
      "-------- summary -------",
      "",
      "Sampled 4 keys in the keyspace!",
      "Total key length in bytes is 7 (avg len 1.75)",
      "",
    ]);
    // Two strings as redis 7.2 sizes them: objects, names, entries and values of 56 and 168 bytes.
    const [, bytes] = /^Biggest string found '"bcd"' has (\d+) bytes$/m.exec(out)!;
    const [, all] = /^2 strings with (\d+) bytes \(50\.00% of keys, avg size ([\d.]+)\)$/m.exec(out)!;
    expect(Number(all)).toBeGreaterThan(Number(bytes));
    expect(lines.find((line) => line.startsWith("Biggest   hash"))).toMatch(
      /^Biggest {3}hash found '"h\\x0A"' has \d+ bytes$/,
    );
    expect(lines).toContain("0 zsets with 0 bytes (00.00% of keys, avg size 0.00)");
  });
});

describe("bigkeys", () => {
  const sized = (type: string, elements: number | null, length = 0, bytes = 0) =>
    bigKeyClass({ type, elements, bytes, largest_element_bytes: length });
  const KIB = 1024;

  it.each([
    ["normal", sized("string", null, 100 * KIB - 1)],
    ["review", sized("string", null, KIB * KIB)],
    ["big", sized("string", null, KIB * KIB + 1)],
    ["dangerous", sized("string", null, 10 * KIB * KIB + 1)],
    ["normal", sized("zset", 999)],
    ["review", sized("zset", 10_000)],
    ["big", sized("list", 100_000)],
    ["dangerous", sized("hash", 100_001)],
    ["normal", sized("stream", 9_999)],
    ["review", sized("stream", 100_000)],
    ["dangerous", sized("stream", 1_000_001)],
    ["normal", sized("set", 3, 0, KIB * KIB)],
    ["big", sized("set", 3, 0, KIB * KIB + 1)],
    ["dangerous", sized("hash", 20_000, 0, 10 * KIB * KIB + 1)],
    ["dangerous", sized("hash", 100_001, 0, 2 * KIB * KIB)],
    ["review", sized("string", null, KIB * KIB, 1.25 * KIB * KIB)],
    ["big", sized("mymodule1", null, 0, 2 * KIB * KIB)],
  ])("are %s", (expected, found) => expect(found).toBe(expected));

  it("name the largest element, with its size, even when filters have key rows looked at", async () => {
    const found = await rows("bigkeys", "fixtures/sample.rdb", "-l", "1", "--key", "leaderboard:alltime");
    expect(found[0]).toMatchObject({
      largest_element: "user:1706",
      largest_element_bytes: 9,
      class: "review",
    });
  });
});

describe("ttl", () => {
  it.each(["2026-11-22T12:00Z", "2026-11-22 12:00", "2026-11-22T13:00+01:00", "1795348800"])(
    "takes --now %s",
    async (now) => {
      const { out } = await text("ttl", "fixtures/sample.rdb", "--now", now);
      expect(out).toMatch(/^note: at 2026-11-22 12:00:00 UTC \(--now\)$/m);
    },
  );

  it.each(["", "yesterday", "2026-13-01", "1h", "2026-11-22T25:00"])("refuses --now %j", async (now) => {
    const { err, status } = await text("ttl", "fixtures/sample.rdb", "--now", now);
    expect([status, err]).toEqual([
      2,
      expect.stringMatching(/^rdbscope: --now: ".*" is not a time such as now, .*\n$/),
    ]);
  });

  it.each([72, 80, 100])("by pattern keeps what the memory is in %i columns", async (width) => {
    const { stdout } = await runInside(
      ["ttl", "fixtures/sample.rdb", "--by", "pattern", "--no-color"],
      width,
    );
    const lines = stdout.toString().split("\n");
    expect(lines[0]).toMatch(/^Pattern .*Memory .*1 h .*24 h .*7 d .*30 d .*Later .*No TTL$/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
  });

  it("says whose time it is where the snapshot has none", async () => {
    const { output } = await run(folder, [new RdbWriter("REDIS", 11).key("k", stringValue("v")).end()]);
    expect((await text("ttl", output)).out).toMatch(
      /note: at 2025-06-15 15:06:40 UTC, the file's time: the snapshot has none/,
    );
  });
});
