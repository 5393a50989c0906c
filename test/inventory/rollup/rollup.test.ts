import { expect, it } from "vitest";
import { type KeyFacts, ROLLUP_SUMS, Rollup } from "../../../src/inventory/rollup/rollup.ts";

const KEY: KeyFacts = {
  db: 0,
  type: 0,
  kind: 0,
  pattern: 0,
  nameBytes: 3,
  bytes: 50,
  heapBytes: 60,
  serializedBytes: 10,
  payloadBytes: 8,
  elements: 4,
  largestBytes: 2,
  hasExpiry: true,
  expiresAt: 1_800_000_000_000,
  expired: false,
  expiringFields: false,
  freq: -1,
  idleSeconds: -1,
  slot: 0,
  accuracy: 0,
  recordOffset: 9,
};

it("counts each key once in every summary, however many patterns there are", () => {
  const rollup = new Rollup(1, 1_790_000_000_000);
  const patterns = 5000;
  for (let pattern = 0; pattern < patterns; pattern++)
    rollup.add({ ...KEY, pattern }, new Uint8Array(3), { bytes: new Uint8Array(2), length: 2 });
  const { rollup: rows, expiry, typeSketch, patternSketch, slots } = rollup.export();
  const total = (sums: Float64Array, width: number) =>
    sums.reduce((n, sum, i) => (i % width === 0 ? n + sum : n), 0);
  expect(total(rows.sums, rows.width)).toBe(patterns);
  expect(total(expiry.sums, expiry.width)).toBe(patterns);
  expect(total(typeSketch.sums, typeSketch.width)).toBe(2 * patterns);
  expect(total(patternSketch.sums, patternSketch.width)).toBe(2 * patterns);
  expect(total(patternSketch.sums.slice(1), patternSketch.width)).toBe((50 + 4) * patterns);
  expect([slots[0], slots[1]]).toEqual([patterns, patterns * 50]);
});

it("counts lower bounds, and damaged keys among them", () => {
  const rollup = new Rollup(1, 1_790_000_000_000);
  for (const accuracy of [0, 1, 2, 3])
    rollup.add({ ...KEY, accuracy }, new Uint8Array(3), { bytes: new Uint8Array(2), length: 2 });
  const { sums } = rollup.export().rollup;
  const sum = (name: (typeof ROLLUP_SUMS)[number]) => sums[ROLLUP_SUMS.indexOf(name)];
  expect([sum("lower_bound_keys"), sum("lower_bound_bytes"), sum("damaged_keys")]).toEqual([2, 100, 1]);
  expect([sum("max_bytes"), sum("max_elements")]).toEqual([50, 4]);
});
