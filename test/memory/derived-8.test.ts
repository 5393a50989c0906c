import { describe, expect, it } from "vitest";
import { LAYOUT } from "../../parsers/visitor.ts";
import { ValueMeter } from "../../src/memory/meter.ts";
import { redis82 } from "../../src/memory/profiles/redis-8.2.ts";
import { redis84 } from "../../src/memory/profiles/redis-8.4.ts";
import { redis86 } from "../../src/memory/profiles/redis-8.6.ts";
import { redis88 } from "../../src/memory/profiles/redis-8.8.ts";
import { redis810 } from "../../src/memory/profiles/redis-8.10.ts";
import { makeTarget } from "../../src/memory/target.ts";
import { ENCODINGS, EXACTNESS } from "../../src/memory/types.ts";

const meter = new ValueMeter([
  makeTarget(redis82),
  makeTarget(redis84),
  makeTarget(redis86),
  makeTarget(redis88),
  makeTarget(redis810),
]);
const encoder = new TextEncoder();

function say(...elements: string[]): void {
  for (const element of elements) {
    const buffer = encoder.encode(element);
    meter.text(buffer.length, buffer, 0);
  }
}

/** Bytes under 8.2, 8.4, 8.6, 8.8 and 8.10, of a key of `nameBytes` bytes. */
function sizes(layout: number, walk: () => void, nameBytes = 0, hasExpiry = false): number[] {
  meter.begin(layout, -1);
  walk();
  meter.end();
  meter.size(nameBytes, hasExpiry);
  return meter.bills.map((bill) => bill.bytes);
}

const encodings = () => meter.bills.map((bill) => ENCODINGS[bill.encoding]);

describe("what changed from 8.2 to 8.10", () => {
  it("is that the expiry no longer counts for the cache line", () => {
    sizes(LAYOUT.string, () => say("x".repeat(30)), 5, true);
    expect(encodings()).toEqual(["raw", "raw", "embstr", "embstr", "embstr"]);
  });

  it("is that short sds and listpacks count by their length, then kvobj too", () => {
    const blob = () => {
      meter.blob(100, 100);
      say("a");
    };
    expect(sizes(LAYOUT.setListpack, blob, 5)).toEqual([24 + 112, 24 + 100, 24 + 100, 24 + 100, 24 + 100]);
    expect(sizes(LAYOUT.setListpack, blob, 6)).toEqual([32 + 112, 32 + 100, 32 + 100, 25 + 100, 25 + 100]);
  });

  it("is that fields and values of hash tables became one", () => {
    const walk = () => say("field", "x".repeat(65));
    const table = 24 + 56 + 32 + 24;
    // mstr of 7 bytes in 8, sds of 69 in 80; an entry of 7 + 69.
    expect(sizes(LAYOUT.hash, walk)).toEqual([
      table + 8 + 80,
      table + 8 + 80,
      table + 7 + 69,
      table - 5 + 7 + 69,
      table - 5 + 7 + 69,
    ]);
  });

  it("is that a zset's dict counts, and nodes hold, other things", () => {
    const walk = () => {
      say("x".repeat(100));
      meter.score(1);
    };
    const [in82, in84] = sizes(LAYOUT.zset, walk) as [number, number];
    // A longer zskiplist, a dictEntry with its value.
    expect(in84 - in82).toBe(8 + 8);
    const [, heap84, heap86] = meter.bills.map((bill) => bill.heapBytes) as [number, number, number];
    expect(heap86).toBeLessThan(heap84);
  });
});

describe("types of their own", () => {
  it("are lower bounds", () => {
    sizes(LAYOUT.array, () => say("a", "b"));
    expect(meter.bills[3]?.bytes).toBe(19 + 80 + 8 + 48);
    expect(meter.bills[3]?.exactness).toBe(EXACTNESS.lowerBound);
    const walk = () => {
      meter.template(2, 10, 6);
      say("abc", "de");
    };
    sizes(LAYOUT.hashTemplateArray, walk);
    expect(encodings()[4]).toBe("template-array");
    expect(meter.bills[4]?.bytes).toBe(19 + 16 + 2 * 8 + (3 + 2) + (2 + 2));
  });
});
