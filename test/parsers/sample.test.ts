import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { readHeader } from "../../parsers/header.ts";
import { RecordReader } from "../../parsers/records.ts";
import type { SampleSpec } from "../../parsers/sample.ts";
import { Splitter } from "../../parsers/splitter.ts";
import { IGNORE_ALL } from "../../parsers/visitor.ts";
import { samplingError } from "../../src/queries/sampling.ts";
import * as values from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { memorySource } from "../support/read-snapshot.ts";
import { SAMPLE_TRUTH } from "../support/sample-truth.ts";

const tag = (db: number, key: Buffer) => `${db} ${key.toString("base64")}`;

/** Names of the records that are read, with their bytes in the snapshot, and what was counted. */
function drawn(bytes: Uint8Array, sample: SampleSpec | undefined, chunkBytes = 20_000) {
  const source = memorySource(bytes);
  const header = readHeader(source);
  const splitter = new Splitter(source, header, { windowBytes: 32_768, chunkBytes, sample });
  const records = new RecordReader(32_768, IGNORE_ALL);
  const keys = new Map<string, number>();
  let covered = 0;
  for (let chunk = splitter.next(); chunk !== undefined; chunk = splitter.next()) {
    const onBytes = (_: Uint8Array, start: number, end: number) => {
      covered += end - start;
    };
    records.begin(source, header, chunk, onBytes);
    while (records.next())
      keys.set(tag(records.db, Buffer.from(records.key.subarray(0, records.keyLength))), records.recordBytes);
  }
  return { keys, covered, facts: splitter.facts };
}

describe("a sample", () => {
  const bytes = readFileSync("fixtures/sample.rdb");
  const CERTAIN = 1024;
  const SEEDS = 300;
  const SHARE = 0.1;
  /** MEMORY USAGE as the server answered it, by name. */
  const truth = new Map(SAMPLE_TRUTH.map(({ db, key, bytes }) => [tag(db, key), bytes]));
  const all = drawn(bytes, undefined);
  const small = [...all.keys].filter(([, size]) => size < CERTAIN).map(([name]) => name);
  const large = [...all.keys].filter(([, size]) => size >= CERTAIN).map(([name]) => name);
  let samples: ReturnType<typeof drawn>[] = [];

  beforeAll(() => {
    samples = Array.from({ length: SEEDS }, (_, seed) =>
      drawn(bytes, { share: SHARE, seed, certainBytes: CERTAIN }),
    );
  }, 120_000);

  it("has every large record, and counts all there are", () => {
    for (const { keys, facts, covered } of samples) {
      const { certainKeys, drawnKeys, drawnFrom, databases } = facts.sample!;
      expect([certainKeys, drawnFrom]).toEqual([large.length, small.length]);
      expect(large.every((name) => keys.has(name))).toBe(true);
      expect(drawnKeys).toBe(keys.size - large.length);
      expect([...databases.values()].reduce((sum, n) => sum + n, 0)).toBe(all.keys.size);
      expect(covered).toBe(all.covered); // The checksum is of every byte all the same.
    }
  });

  it("draws each small record with the same chance, whatever its name", () => {
    const times = new Map(small.map((name) => [name, 0]));
    for (const { keys } of samples)
      for (const name of keys.keys()) if (times.has(name)) times.set(name, times.get(name)! + 1);
    const counts = [...times.values()];
    const mean = counts.reduce((sum, n) => sum + n, 0) / counts.length;
    const variance = counts.reduce((sum, n) => sum + (n - mean) ** 2, 0) / (counts.length - 1);
    const deviation = Math.sqrt((SHARE * (1 - SHARE)) / (SEEDS * small.length));
    expect(Math.abs(mean / SEEDS - SHARE)).toBeLessThan(4 * deviation);
    // As many times as a binomial distribution says: no name is preferred. The variance of a variance of this many is some 3%.
    expect(variance / (SEEDS * SHARE * (1 - SHARE))).toBeGreaterThan(0.85);
    expect(variance / (SEEDS * SHARE * (1 - SHARE))).toBeLessThan(1.15);
  });

  /** Of names that `isOf` chooses: how often the true sum is within the error, and by how many of its deviations the mean is off. */
  function tried(isOf: (name: string) => boolean, of: (name: string) => number) {
    const sum = (names: readonly string[]) => names.filter(isOf).reduce((total, name) => total + of(name), 0);
    const expected = sum([...small, ...large]);
    const known = sum(large);
    let within = 0;
    const offs: number[] = [];
    for (const { keys, facts } of samples) {
      const { drawnKeys, drawnFrom } = facts.sample!;
      const weight = drawnFrom / drawnKeys;
      const values = small.filter((name) => keys.has(name) && isOf(name)).map(of);
      const total = values.reduce((n, value) => n + value, 0);
      const squares = values.reduce((n, value) => n + value * value, 0);
      const error = samplingError({ drawnKeys, drawnFrom, weight }, values.length, total, squares)!;
      const off = known + weight * total - expected;
      offs.push(off);
      if (Math.abs(off) <= error) within++;
    }
    const mean = offs.reduce((n, off) => n + off, 0) / SEEDS;
    const deviation = Math.sqrt(offs.reduce((n, off) => n + (off - mean) ** 2, 0) / (SEEDS - 1));
    return { coverage: within / SEEDS, bias: Math.abs(mean) / (deviation / Math.sqrt(SEEDS)) };
  }

  const sizeOf = (name: string) => truth.get(name)!;
  const startsWith = (prefix: string) => (name: string) =>
    Buffer.from(name.split(" ")[1]!, "base64").toString("latin1").startsWith(prefix);
  it.each([
    ["the memory of all keys", () => true, sizeOf],
    ["the memory of session:*", startsWith("session:"), sizeOf],
    ["the number of user:*", startsWith("user:"), () => 1],
    ["the memory of user:*", startsWith("user:"), sizeOf],
  ] as const)("tells %s without bias, and in 95 of 100 within its error", (_, isOf, of) => {
    const { coverage, bias } = tried(isOf, of);
    expect(bias).toBeLessThan(4);
    // 300 trials of 95% have a standard deviation of 1.3%.
    expect(coverage).toBeGreaterThan(0.9);
    expect(coverage).toBeLessThanOrEqual(0.99);
  });

  it("knows the number of all keys exactly", () => {
    const { drawnKeys, drawnFrom } = samples[0]!.facts.sample!;
    expect(
      samplingError({ drawnKeys, drawnFrom, weight: drawnFrom / drawnKeys }, drawnKeys, drawnKeys, drawnKeys),
    ).toBe(0);
  });

  it("tells no error where too few were drawn", () => {
    expect(
      samplingError({ drawnKeys: 29, drawnFrom: 1000, weight: 1000 / 29 }, 29, 100, 10_000),
    ).toBeUndefined();
    expect(samplingError({ drawnKeys: 900, drawnFrom: 9000, weight: 10 }, 9, 100, 10_000)).toBeUndefined();
    expect(samplingError({ drawnKeys: 900, drawnFrom: 9000, weight: 10 }, 10, 100, 10_000)).toBeGreaterThan(
      0,
    );
  });

  it("is the same however the snapshot is cut, and by names in another snapshot", () => {
    const spec = { share: SHARE, seed: 7, certainBytes: CERTAIN };
    const names = [...drawn(bytes, spec).keys.keys()];
    expect([...drawn(bytes, spec, 700).keys.keys()]).toEqual(names);
    expect([...drawn(bytes, spec, 1e9).keys.keys()]).toEqual(names);
    const writer = new RdbWriter("REDIS", 11);
    const wanted = [...all.keys.keys()].reverse();
    for (const name of wanted) {
      const [db, key] = name.split(" ");
      if (db === "0") writer.key(Buffer.from(key!, "base64"), values.stringValue("another value"));
    }
    const other = drawn(writer.end(), spec).keys;
    const isSmall = new Set(small);
    const plain = names.filter((name) => name.startsWith("0 ") && isSmall.has(name));
    // Names that the server stored compressed or as a number are others in a snapshot that has them plain.
    const shared = plain.filter((name) => other.has(name));
    expect(shared.length / plain.length).toBeGreaterThan(0.95);
  });

  it("draws names longer than any window", () => {
    const writer = new RdbWriter("REDIS", 11);
    const names = Array.from({ length: 60 }, (_, i) => `${"n".repeat(100_000)}${i}`);
    for (const name of names) writer.key(name, values.stringValue("v"));
    const bytes = writer.end();
    const spec = { share: 0.5, seed: 1, certainBytes: 2 ** 30 };
    const read = drawn(bytes, spec).keys;
    expect(read.size).toBeGreaterThan(15);
    expect(read.size).toBeLessThan(45);
    expect([...drawn(bytes, spec, 1e9).keys.keys()]).toEqual([...read.keys()]);
  });
});
