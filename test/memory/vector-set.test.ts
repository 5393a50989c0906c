import { describe, expect, it } from "vitest";
import { LAYOUT } from "../../parsers/visitor.ts";
import { ValueMeter } from "../../src/memory/meter.ts";
import { redis80 } from "../../src/memory/profiles/redis-8.0.ts";
import { makeTarget } from "../../src/memory/target.ts";
import { EXACTNESS } from "../../src/memory/types.ts";

const meter = new ValueMeter([makeTarget(redis80)]);
const bill = meter.bills[0]!;
const NAME_AND_ENTRY = 16 + 24;

describe("vector sets", () => {
  it("are what VectorSetMemUsage() reckons: 50 nodes of 8 bytes as redis 8.0.6 answered", () => {
    meter.begin(LAYOUT.module, -1);
    for (let i = 0; i < 50; i++) meter.vectorNode(6, 0, i % 10 === 0 ? 1 : 0, 32);
    meter.vectorSet(8, 1, 0);
    meter.module(1, 1, 5000);
    meter.end();
    meter.size("vset:q8".length, false);
    expect(bill.bytes).toBe(36757);
    expect(bill.exactness).toBe(EXACTNESS.exact);
  });

  it("guess 64 bytes for attributes that none of the 20 nodes loaded last has", () => {
    const bytes = (attributes: (i: number) => number) => {
      meter.begin(LAYOUT.module, -1);
      for (let i = 0; i < 40; i++) meter.vectorNode(6, attributes(i), 0, 32);
      meter.vectorSet(8, 1, 0);
      meter.end();
      meter.size(10, false);
      return bill.bytes;
    };
    const none = bytes(() => 0);
    expect(bytes((i) => (i === 19 ? 100 : 0)) - none).toBe(64);
    // sds of 104 bytes, of the size class 112, and the robj
    expect(bytes((i) => (i === 20 ? 100 : 0)) - none).toBe(128);
  });

  it("that were not understood are a lower bound", () => {
    meter.begin(LAYOUT.module, -1);
    meter.vectorNode(6, 0, 0, 32);
    meter.module(1, 1, 5000);
    meter.end();
    meter.size(10, false);
    expect([bill.bytes, bill.exactness]).toEqual([16 + 5000 + NAME_AND_ENTRY, EXACTNESS.lowerBound]);
  });
});
