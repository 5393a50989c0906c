import fs from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { analyze } from "../../src/pipeline/analyze.ts";
import { grouped } from "../../src/queries/groups.ts";
import { runInside } from "../cli/run-inside.ts";
import { readTsv } from "../gates/shared.ts";
import { ask, workFolder } from "../pipeline/support.ts";

/** What the server answered of a key, and what no server answers but our inventory: pattern and size. */
interface Known {
  readonly key: Buffer;
  readonly type: string;
  readonly encoding: string;
  readonly length: number;
  readonly min: number;
  readonly max: number;
  readonly expiresAt: number;
  readonly pattern: string;
  readonly ours: number;
}

type Row = Record<string, number> & Record<"type" | "pattern" | "name" | "ttl" | "by", string>;

const HOUR = 3_600_000;
const SHARED = "../shared/truth/redis-7.2/realistic";
const folder = workFolder();

/** The sample's truth has one load, and no bands: random sizes may differ by some per cent. */
const FOLDERS = [
  { name: "the sample", snapshot: "fixtures/sample.rdb", truth: "fixtures/sample.truth.tsv" },
  { name: "shared realistic data", snapshot: `${SHARED}/dump.rdb`, truth: `${SHARED}/truth.tsv.gz` },
].filter(({ truth }) => fs.existsSync(truth));

const sum = <T>(rows: readonly T[], of: (row: T) => number) => rows.reduce((all, row) => all + of(row), 0);
const groupsOf = (keys: readonly Known[], by: "type" | "pattern") => [...grouped(keys, (k) => k[by])];

/** How many of the values, from the first on, have `wanted` together. */
function fewestWith(values: readonly number[], wanted: number): number {
  let held = 0;
  let count = 0;
  while (held < wanted) held += values[count++]!;
  return count;
}

function crc16(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes)
    for (let bit = 7; bit >= 0; bit--) {
      const carry = (crc >> 15) & 1;
      crc = ((crc << 1) & 0xffff) ^ (carry ^ ((byte >> bit) & 1) ? 0x1021 : 0);
    }
  return crc;
}

function slotOf(key: Buffer): number {
  const text = key.toString("latin1");
  return crc16(Buffer.from(/^[^{]*\{([^}]+)\}/.exec(text)?.[1] ?? text, "latin1")) % 16384;
}

describe.each(FOLDERS)(
  "views of $name are what the server's answers add up to",
  ({ name, snapshot, truth }) => {
    const inventories = ["all", "none"].map((keys) => path.join(folder, `${name}-${keys}.sqlite`));
    const [output, noRows] = inventories as [string, string];
    let keys: Known[] = [];
    let createdAt = 0;
    let hasBands = false;

    const rows = async (...args: string[]) => {
      const { stdout, stderr, status } = await runInside([...args, "--format", "json"]);
      expect([status, stderr.toString()]).toEqual([0, ""]);
      return JSON.parse(stdout.toString()) as Row[];
    };

    /** Within what loads differ by, and 1% where only one was recorded. */
    const isTotal = (found: number, of: readonly Known[]) => {
      const slack = hasBands ? 0.003 : 0.01;
      expect(found).toBeGreaterThanOrEqual(sum(of, (k) => k.min) * (1 - slack));
      expect(found).toBeLessThanOrEqual(sum(of, (k) => k.max) * (1 + slack));
    };

    beforeAll(async () => {
      for (const [i, file] of inventories.entries())
        await analyze({ inputs: [snapshot], output: file, keys: i === 0 ? "all" : "none", workers: 2 });
      const bytes = fs.readFileSync(truth);
      const table = readTsv((truth.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString());
      hasBands = "memory_usage_min" in table[0]!;
      createdAt = Number(ask(output, "SELECT created_at AS at FROM snapshots")[0]!.at);
      const own = new Map(
        ask(output, "SELECT db, CAST(key AS BLOB) AS key, pattern, bytes FROM keys").map((k) => [
          `${k.db} ${(k.key as Buffer).toString("base64")}`,
          k,
        ]),
      );
      keys = table.map((line): Known => {
        const one = own.get(`${line.db} ${line.key_base64}`)!;
        return {
          key: Buffer.from(line.key_base64!, "base64"),
          type: line.type!,
          encoding: line.object_encoding!,
          length: Number(line.length),
          min: Number(line.memory_usage_min ?? line.memory_usage),
          max: Number(line.memory_usage_max ?? line.memory_usage),
          expiresAt: Number(line.pexpiretime_ms),
          pattern: String(one.pattern),
          ours: Number(one.bytes),
        };
      });
      expect(own.size).toBe(keys.length);
    }, 60_000);

    const spans = (of: readonly Known[], now: number) => {
      const left = (k: Known) => k.expiresAt - now;
      const ends = [1, 24, 168, 720, Number.POSITIVE_INFINITY].map((hours) => hours * HOUR);
      const withTtl = of.filter((k) => k.expiresAt >= 0);
      return [
        withTtl.filter((k) => left(k) <= 0).length,
        ...ends.map((end, i) => withTtl.filter((k) => left(k) > (ends[i - 1] ?? 0) && left(k) <= end).length),
        of.length - withTtl.length,
      ];
    };

    it("ttl, at the snapshot's own time, with and without key rows", async () => {
      for (const file of inventories) {
        const found = (await rows("ttl", file)).map((row) => row.keys!);
        expect(found).toEqual(spans(keys, createdAt));
      }
    });

    it("ttl, at another time and by pattern", async () => {
      const now = createdAt + 26 * HOUR + 1234;
      const iso = new Date(now).toISOString();
      const expected = spans(keys, now);
      for (const file of [output, snapshot])
        expect((await rows("ttl", file, "--now", iso)).map((row) => row.keys)).toEqual(expected);
      const hourly = (await rows("ttl", noRows, "--now", iso)).map((row) => row.keys!);
      const near = keys.filter((k) =>
        [0, 1, 24, 168, 720].some(
          (hours) => k.expiresAt >= 0 && Math.abs(k.expiresAt - now - hours * HOUR) <= HOUR,
        ),
      ).length;
      hourly.forEach((found, i) => {
        expect(Math.abs(found - expected[i]!)).toBeLessThanOrEqual(near);
      });
      const figures = [
        "expired",
        "within_1h",
        "within_24h",
        "within_7d",
        "within_30d",
        "later",
        "no_ttl",
      ] as const;
      const byPattern = await rows("ttl", noRows, "--by", "pattern", "-l", "1000000");
      for (const [pattern, of] of groupsOf(keys, "pattern")) {
        const row = byPattern.find((one) => one.pattern === pattern)!;
        expect(figures.map((figure) => row[figure])).toEqual(spans(of, createdAt));
      }
    });

    it("patterns: keys, TTLs, types, encodings, sizes, quantiles", async () => {
      const found = await rows("patterns", noRows, "-l", "1000000");
      for (const [pattern, of] of groupsOf(keys, "pattern")) {
        const row = found.find((one) => one.pattern === pattern)!;
        expect(row.keys).toBe(of.length);
        expect(row.keys_without_ttl).toBe(of.filter((k) => k.expiresAt < 0).length);
        const list = (text: unknown) => String(text).split(",").sort();
        expect(list(row.types)).toEqual([...new Set(of.map((k) => k.type))].sort());
        expect(list(row.encodings)).toEqual([...new Set(of.map((k) => k.encoding))].sort());
        isQuantiles(row, of);
      }
      isTotal(
        sum(found, (row) => row.bytes!),
        keys,
      );
    });

    /** Quantiles of our own sizes within 1%, which are those of the server as far as it is not random. */
    const isQuantiles = (row: Row, of: readonly Known[]) => {
      for (const [name, share] of [
        ["p50_bytes", 0.5],
        ["p95_bytes", 0.95],
        ["p99_bytes", 0.99],
      ] as const) {
        const at = (sizes: readonly number[]) =>
          sizes.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(share * of.length)) - 1]!;
        const ours = at(of.map((k) => k.ours));
        expect(Math.abs(row[name]! - ours)).toBeLessThanOrEqual(ours * 0.01 + 0.5);
        const slack = hasBands ? 0.012 : 0.1;
        expect(row[name]).toBeGreaterThanOrEqual(at(of.map((k) => k.min)) * (1 - slack) - 0.5);
        expect(row[name]).toBeLessThanOrEqual(at(of.map((k) => k.max)) * (1 + slack) + 0.5);
      }
    };

    it("types: quantiles and elements", async () => {
      const found = await rows("types", noRows);
      for (const [type, of] of groupsOf(keys, "type")) {
        const row = found.find((one) => one.type === type)!;
        expect(row.keys).toBe(of.length);
        isTotal(row.bytes!, of);
        if (type !== "string") expect(row.elements).toBe(sum(of, (k) => k.length));
        isQuantiles(row, of);
      }
    });

    it("bigkeys: elements and lengths of each type", async () => {
      const found = await rows("bigkeys", noRows, "--by", "type", "-l", "20");
      for (const [type, of] of groupsOf(keys, "type")) {
        const ranked = (ranking: string) =>
          found.filter((row) => row.type === type && String(row.ranked_by) === ranking);
        const lengths = of.map((k) => k.length).sort((a, b) => b - a);
        if (type !== "string")
          expect(ranked("elements").map((row) => row.elements)).toEqual(lengths.slice(0, 20));
        for (const row of ranked("bytes")) {
          const name = row.key as unknown;
          const bytes =
            typeof name === "string"
              ? Buffer.from(name)
              : Buffer.from((name as { base64: string }).base64, "base64");
          const key = of.find((k) => k.key.equals(bytes))!;
          expect(type === "string" ? row.largest_element_bytes : row.elements).toBe(key.length);
          expect(Math.abs(row.bytes! - key.max)).toBeLessThanOrEqual(key.max * 0.1);
        }
      }
    });

    it("memkeys: keys, names and sizes of each type", async () => {
      const found = await rows("memkeys", noRows);
      for (const [type, of] of groupsOf(keys, "type")) {
        const row = found.find((one) => one.type === type)!;
        expect([row.keys, row.name_bytes]).toEqual([of.length, sum(of, (k) => k.key.length)]);
        isTotal(row.bytes!, of);
        expect(row.biggest_bytes).toBe(Math.max(...of.map((k) => k.ours)));
      }
      expect(
        found.filter((row) => row.keys === 0).every((row) => keys.every((k) => k.type !== row.type)),
      ).toBe(true);
    });

    it("sizes: as many keys in each class as have such sizes on the server", async () => {
      const found = await rows("sizes", noRows);
      expect(sum(found, (row) => row.keys!)).toBe(keys.length);
      for (const row of found) {
        const isIn = (bytes: number) =>
          bytes >= row.min_bytes! && bytes <= (row.max_bytes ?? Number.POSITIVE_INFINITY);
        const slack = hasBands ? 0 : 0.1;
        const surely = keys.filter((k) => isIn(k.min * (1 - slack)) && isIn(k.max * (1 + slack))).length;
        const perhaps = keys.filter(
          (k) => isIn(k.min * (1 - slack)) || isIn(k.max * (1 + slack)) || isIn(k.ours),
        ).length;
        expect(row.keys).toBeGreaterThanOrEqual(surely);
        expect(row.keys).toBeLessThanOrEqual(perhaps);
        expect(row.keys).toBe(keys.filter((k) => isIn(k.ours)).length);
      }
      const byType = await rows("sizes", output, "--by", "type", "--key", "*");
      expect(byType).toEqual(await rows("sizes", noRows, "--by", "type"));
    });

    it("slots and nodes: CRC16 of the hash tag, by bits", async () => {
      const found = await rows("slots", output, "--nodes", "3", "-l", "16384");
      const slots = new Map(found.filter((row) => "slot" in row).map((row) => [row.slot!, row]));
      const expected = [...grouped(keys, (k) => slotOf(k.key))];
      expect(slots.size).toBe(expected.length);
      for (const [slot, of] of expected)
        expect([slots.get(slot)!.keys, slots.get(slot)!.bytes]).toEqual([of.length, sum(of, (k) => k.ours)]);
      // redis-cli --cluster create deals 16384 slots out to three nodes so.
      const ranges = [
        [0, 5460],
        [5461, 10922],
        [10923, 16383],
      ] as const;
      const nodes = found.filter((row) => "node" in row);
      expect(nodes.map((row) => [row.first_slot, row.last_slot])).toEqual(ranges);
      expect(nodes.map((row) => row.keys)).toEqual(
        ranges.map(
          ([first, last]) => keys.filter((k) => slotOf(k.key) >= first && slotOf(k.key) <= last).length,
        ),
      );
      const sizes = expected.map(([, of]) => sum(of, (k) => k.ours));
      const [balance] = found;
      expect(balance!.max_over_mean).toBeCloseTo(
        (Math.max(...sizes) * 16384) / sum(sizes, (size) => size),
        1,
      );
      for (const row of slots.values()) {
        const tag = row.hash_tag as unknown as string | null;
        if (tag !== null)
          expect(keys.some((k) => k.key.includes(`{${tag}}`) && slotOf(k.key) === row.slot)).toBe(true);
      }
    });

    it("efficiency: strings and their names over their memory", async () => {
      const strings = keys.filter((k) => k.type === "string");
      const row = (await rows("efficiency", noRows)).find(
        (one) => one.by === "type" && one.name === "string",
      )!;
      const payload = sum(strings, (k) => k.length + k.key.length);
      expect(row.payload_bytes).toBe(payload);
      expect(row.efficiency).toBeCloseTo(payload / row.bytes!, 12);
    });

    it("pareto: the fewest keys, exactly from rows and in its bounds from sketches", async () => {
      const sizes = keys.map((k) => k.ours).sort((a, b) => b - a);
      const total = sum(sizes, (size) => size);
      const fewest = (share: number) => fewestWith(sizes, share * total);
      const [exact, estimated] = [await rows("pareto", output), await rows("pareto", noRows)];
      const shares = exact.filter((row) => "bytes_share" in row);
      expect(shares.map((row) => [row.keys, row.min_keys, row.max_keys])).toEqual(
        [0.5, 0.8, 0.9, 0.99].map((share) => Array(3).fill(fewest(share))),
      );
      for (const row of estimated.filter((one) => "bytes_share" in one)) {
        expect(row.min_keys).toBeLessThanOrEqual(fewest(row.bytes_share!));
        expect(row.max_keys).toBeGreaterThanOrEqual(fewest(row.bytes_share!));
      }
      for (const row of estimated.filter((one) => "largest_share" in one)) {
        const held = sum(sizes.slice(0, row.largest_keys), (size) => size);
        expect(row.min_held_bytes).toBeLessThanOrEqual(held);
        expect(row.max_held_bytes).toBeGreaterThanOrEqual(held);
        expect(Math.abs(row.held_bytes! - held)).toBeLessThanOrEqual(held * 0.01);
      }
      const patterns = groupsOf(keys, "pattern")
        .map(([, of]) => sum(of, (k) => k.ours))
        .sort((a, b) => b - a);
      expect(estimated[1]!.patterns).toBe(fewestWith(patterns, 0.8 * total));
    });
  },
);
