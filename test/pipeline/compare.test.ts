import path from "node:path";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { PROFILES } from "../../src/memory/index.ts";
import { type CompareOptions, compare, type NamedTarget } from "../../src/pipeline/compare.ts";
import { ask, run, workFolder } from "./support.ts";

const folder = workFolder();
const SAMPLE = path.resolve("fixtures/sample.rdb");

/** The first and the last profile there is, and targets with settings of their own. */
const NAMES = Object.keys(PROFILES);
const TARGETS: NamedTarget[] = [
  ...NAMES.filter((_, i) => i === 0 || i === NAMES.length - 1).map((profile) => ({ profile })),
  {
    name: "small",
    profile: "redis-7.2",
    settings: { "hash-max-listpack-entries": "3", "zset-max-ziplist-entries": "5", "cluster-enabled": "yes" },
  },
  { name: "distribution", profile: "redis-7.2", allocator: "jemalloc-16" },
];

const TYPES = `SELECT type, sum(keys) AS keys, sum(bytes) AS bytes, sum(heap_bytes) AS heap_bytes FROM rollup
  GROUP BY type ORDER BY type`;
const PATTERNS = `SELECT pattern, sum(keys) AS keys, sum(bytes) AS bytes, sum(heap_bytes) AS heap_bytes FROM rollup
  GROUP BY pattern ORDER BY pattern`;

describe("a comparison", () => {
  it("says of each server what an analysis for it alone says", async () => {
    const all = await compare({ input: SAMPLE, targets: TARGETS, workers: 1 });
    expect(all.targets.length).toBe(TARGETS.length);
    for (const [i, { name: _, ...choice }] of TARGETS.entries()) {
      const { output } = await run(folder, [SAMPLE], { ...choice, keys: "none", workers: 1 });
      const at = ({ bytes, heap_bytes }: { bytes: readonly number[]; heap_bytes: readonly number[] }) => ({
        bytes: bytes[i],
        heap_bytes: heap_bytes[i],
      });
      const sorted = <T extends object>(list: readonly T[], by: keyof T) =>
        [...list].sort((a, b) => (a[by] < b[by] ? -1 : 1));
      const byType = sorted(all.types, "type").map(({ type, keys, ...sums }) => ({
        type,
        keys,
        ...at(sums),
      }));
      expect(byType).toEqual(ask(output, TYPES));
      const byPattern = sorted(all.patterns, "pattern").map(({ pattern, keys, ...sums }) => ({
        pattern,
        keys,
        ...at(sums),
      }));
      expect(byPattern).toEqual(ask(output, PATTERNS));
      const { bytes, heap_bytes, used_memory: used, profile_measured } = all.targets[i]!;
      expect([{ bytes, heap_bytes }]).toEqual(
        ask(output, "SELECT sum(bytes) AS bytes, sum(heap_bytes) AS heap_bytes FROM rollup"),
      );
      const { key_bytes, table_bytes, function_bytes, baseline_bytes, estimated_bytes } = used!;
      expect(ask(output, "SELECT * FROM memory")).toMatchObject([
        { key_bytes, table_bytes, function_bytes, baseline_bytes, estimated_bytes },
      ]);
      expect(ask(output, "SELECT profile_measured FROM snapshots")).toEqual([
        { profile_measured: Number(profile_measured) },
      ]);
    }
  }, 240_000);

  const SMALL: CompareOptions = {
    input: SAMPLE,
    workers: 1,
    targets: [
      { profile: "redis-7.2" },
      { profile: "redis-7.2", settings: { "hash-max-listpack-entries": "3" }, name: "small" },
    ],
    largest: 5,
  };

  it("finds the keys that change their encoding", async () => {
    const { encoding_changes: changes, changed_keys: keys } = await compare(SMALL);
    const { output } = await run(folder, [SAMPLE]);
    const wide = "FROM keys WHERE type = 'hash' AND encoding = 'listpack' AND elements > 3";
    const before = ask(
      output,
      `SELECT count(*) AS keys, sum(bytes) AS bytes_from, sum(heap_bytes) AS heap_bytes_from ${wide}`,
    )[0]!;
    expect(changes).toEqual([
      {
        target: "small",
        type: "hash",
        from: "listpack",
        to: "hashtable",
        bytes_to: expect.any(Number),
        heap_bytes_to: expect.any(Number),
        ...before,
      },
    ]);
    expect(keys).toHaveLength(5);
    for (const { db, key, bytes_from } of keys) {
      expect(
        ask(output, `SELECT db, key, bytes AS bytes_from ${wide} AND db = ? AND key = ?`, db, key),
      ).toEqual([{ db, key, bytes_from }]);
    }
    const more = keys.map((key) => key.heap_bytes_to - key.heap_bytes_from);
    expect(more).toEqual([...more].sort((a, b) => b - a));
  });

  it("is the same for any number of threads", async () => {
    const [one, ...others] = await Promise.all([1, 2, 4].map((workers) => compare({ ...SMALL, workers })));
    for (const other of others) expect(other).toEqual(one);
  });

  it("of one server is with the snapshot's own", async () => {
    const { targets } = await compare({ ...SMALL, targets: [SMALL.targets[1]!] });
    expect(targets.map(({ name, bytes_more }) => [name, bytes_more > 0])).toEqual([
      ["redis-7.2 (own)", false],
      ["small", true],
    ]);
  });

  it("can be of a part of the keys", async () => {
    const { keys, types } = await compare({ ...SMALL, filters: { types: ["hash"], dbs: [0] } });
    expect(types.map(({ type }) => type)).toEqual(["hash"]);
    expect(keys).toBe(types[0]!.keys);
  });

  it.each<[Partial<CompareOptions>, RegExp]>([
    [{ targets: [] }, /no server given/],
    [{ targets: [{ profile: "redis-7.2" }, { profile: "redis-7.2" }] }, /two servers are called redis-7.2/],
    [{ targets: [{ profile: "redis-1.0" }] }, /unknown profile redis-1\.0: known are .*redis-7\.2/],
    [{ targets: [{ allocator: "mine" }] }, /unknown allocator mine: known are jemalloc/],
    [{ targets: [{ settings: { maxclients: "1" } }] }, /unknown setting maxclients/],
    [{ workers: 0 }, /workers must be/],
  ])("refuses %j", async (options, message) => {
    const asked = compare({ ...SMALL, ...options });
    await expect(asked).rejects.toThrow(UsageError);
    await expect(asked).rejects.toThrow(message);
  });
});
