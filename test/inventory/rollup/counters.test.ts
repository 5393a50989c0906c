import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CounterTable } from "../../../src/inventory/rollup/counters.ts";

describe("CounterTable", () => {
  const number = fc.oneof(
    fc.nat(20),
    fc.maxSafeInteger().map(Math.abs),
    fc.nat(2 ** 20).map((n) => n * 2 ** 32),
  );

  it("counts as a Map does, however often it grows", () => {
    const add = fc.tuple(number, number, fc.nat(2), fc.integer({ min: -100, max: 100 }));
    fc.assert(
      fc.property(fc.array(add, { maxLength: 400 }), fc.constantFrom(1, 2, 4, 1024), (adds, capacity) => {
        const table = new CounterTable(3, capacity);
        const map = new Map<string, number[]>();
        for (const [first, second, sum, by] of adds) {
          const name = `${first} ${second}`;
          const sums = map.get(name) ?? [0, 0, 0];
          sums[sum]! += by;
          map.set(name, sums);
          const at = table.at(first, second); // Before `sums`, which may be another array after it.
          table.sums[at + sum]! += by;
        }
        const { width, first, second, sums } = table.export();
        expect(width).toBe(3);
        const entries = [...first].map(
          (f, i) => [`${f} ${second[i]}`, [...sums.slice(i * 3, i * 3 + 3)]] as const,
        );
        expect(entries).toEqual([...map]);
        expect(table.size).toBe(map.size);
      }),
    );
  });

  it("finds a hundred thousand entries again", () => {
    const table = new CounterTable(1);
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 100_000; i++) {
        const at = table.at(i % 7, i * 2 ** 17);
        table.sums[at]! += 1;
      }
    }
    expect(table.size).toBe(100_000);
    expect(table.export().sums.every((n) => n === 2)).toBe(true);
  });
});
