import { describe, expect, it } from "vitest";
import { printfScoreEntryBytes, printfScoreText } from "../../src/memory/models/printf-score.ts";
import {
  prevlenBytes,
  Ziplist,
  zipIntegerBytes,
  zipScoreBytes,
  zipTextBytes,
} from "../../src/memory/models/ziplist-era/ziplist.ts";
import { ZiplistNodes } from "../../src/memory/models/ziplist-era/ziplist-nodes.ts";
import { redis62 } from "../../src/memory/profiles/redis-6.2.ts";
import { makeTarget } from "../../src/memory/target.ts";

const bytesOf = (text: string) => zipTextBytes(text.length, new TextEncoder().encode(`9${text}9`), 1);

describe("ziplist entries, without the previous length", () => {
  it.each([
    ["", 1],
    ["x", 2],
    ["x".repeat(63), 64],
    ["x".repeat(64), 66],
    ["x".repeat(16383), 16385],
    ["x".repeat(16384), 16389],
    ["0", 1],
    ["12", 1],
    ["13", 2],
    ["-1", 2],
    ["-128", 2],
    ["-129", 3],
    ["128", 3],
    ["32768", 4],
    ["8388608", 5],
    ["-2147483648", 5],
    ["2147483648", 9],
    ["9223372036854775807", 9],
    ["9223372036854775808", 20],
    ["007", 4],
    ["-0", 3],
  ])("%s", (text, bytes) => {
    expect(bytesOf(text)).toBe(bytes);
  });

  it("are the same for integers that the snapshot holds as such", () => {
    for (const value of [0, 12, 13, -1, 127, 128, -129, 32767, 32768, 8388607, 8388608, -2147483648]) {
      expect([value, zipIntegerBytes(value >> 31, value)]).toEqual([value, bytesOf(String(value))]);
    }
    expect(zipIntegerBytes(1, 0)).toBe(9);
  });
});

describe("scores printed by %.17g", () => {
  it.each([
    [0, "0"],
    [-0, "-0"],
    [3.14, "3.1400000000000001"],
    [0.1, "0.10000000000000001"],
    [0.5, "0.5"],
    [-1.5, "-1.5"],
    [1e-4, "0.0001"],
    [1.5e-5, "1.5e-05"],
    [1e16, "10000000000000000"],
    [1e17, "1e+17"],
    [1e300, "1.0000000000000001e+300"],
    [4503599627370497, "4503599627370497"],
    [Number.POSITIVE_INFINITY, "inf"],
    [Number.NEGATIVE_INFINITY, "-inf"],
  ])("%d", (score, text) => {
    expect(printfScoreText(score)).toBe(text);
    expect(zipScoreBytes(score)).toBe(bytesOf(text));
  });

  it("take a listpack entry of that text, unless they are integers", () => {
    expect(printfScoreEntryBytes(3.14)).toBe(1 + 18 + 1);
    expect(printfScoreEntryBytes(3)).toBe(2);
    expect(printfScoreEntryBytes(2 ** 62)).toBe(10);
    expect(printfScoreEntryBytes(1e19)).toBe(1 + 5 + 1);
  });
});

describe("a ziplist", () => {
  it("names the length of a long entry in five bytes", () => {
    expect([0, 253, 254].map(prevlenBytes)).toEqual([1, 1, 5]);
    const ziplist = new Ziplist();
    for (const entry of [2, 252, 253, 2]) ziplist.add(entry);
    expect(ziplist.bytes).toBe(11 + 3 + 253 + 254 + (5 + 2));
  });

  it("grows by another node where the server reckons that the next entry might not fit", () => {
    const nodes = new ZiplistNodes(makeTarget(redis62));
    for (let i = 0; i < 81; i++) nodes.push(100, 102);
    nodes.close();
    const full = 11 + 79 * 103;
    expect([full + 103 <= 8192, full + 2 * 103 > 8192]).toEqual([false, true]);
    expect([nodes.nodes, nodes.entryBytes]).toEqual([2, 2 * 11 + 81 * 103]);
    expect(nodes.heapBytes).toBe(8192 + 224);
  });

  it("in a compressed node counts as what the snapshot holds", () => {
    const nodes = new ZiplistNodes(makeTarget(redis62, { config: { listCompressDepth: 1 } }));
    for (let i = 0; i < 3; i++) nodes.appendListpack(1000, 10, 300);
    expect(nodes.entryBytes).toBe(1000 + 300 + 1000);
    expect(nodes.heapBytes).toBe(1024 + 320 + 1024);
  });
});
