import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bigKeyAdvice, readAdvice } from "../../src/doctor/advice.ts";

const MB = 1024 ** 2;
const LIMITS = { bytes: MB, elements: 10_000 };

/** How many elements each command leaves, in the words of the servers' own documentation of it. */
const LEAVES: readonly [command: RegExp, leaves: (n: number) => number][] = [
  [/LTRIM key 0 (\d+)/g, (stop) => stop + 1],
  [/LTRIM key -(\d+) -1/g, (start) => start],
  [/ZREMRANGEBYRANK key 0 -(\d+)/g, (stop) => stop - 1],
  [/XTRIM key MAXLEN (\d+)/g, (most) => most],
  // ~ leaves up to a node of 100 entries more.
  [/XTRIM key MAXLEN ~ (\d+)/g, (most) => most + 100],
];
const left = (advice: readonly string[]) =>
  LEAVES.flatMap(([command, leaves]) =>
    [...advice.join(" ").matchAll(command)].map((match) => leaves(Number(match[1]))),
  );

const value = (type: string, elements: number, each: number) => ({
  type,
  elements,
  bytes: elements * each,
  payload_bytes: elements * each,
  serialized_bytes: elements * each,
  largest_element_bytes: each,
});

describe("advice about a big value", () => {
  it("is to compress a string only where the snapshot has it in less than half", () => {
    const text = { ...value("string", 1, 2 * MB), elements: null };
    const about = (stored: number | null) =>
      bigKeyAdvice({ ...text, serialized_bytes: stored }, LIMITS).join(" ");
    expect(about(MB - 1)).toMatch(/Compress it in the client: .* has its 2\.00M in 1\.00M\./);
    for (const stored of [MB, 2 * MB, null]) expect(about(stored)).not.toMatch(/compress/i);
    for (const stored of [MB - 1, null]) expect(about(stored)).toMatch(/Split it into parts/);
  });

  it("reads a string by its bytes, and only what SCAN is for with it", () => {
    expect(readAdvice("string")).toContain("GETRANGE");
    expect(readAdvice("string")).not.toContain("SCAN");
    for (const [type, command] of [
      ["hash", "HSCAN"],
      ["set", "SSCAN"],
      ["list", "LRANGE"],
      ["stream", "XRANGE"],
    ] as const)
      expect(readAdvice(type)).toContain(command);
    expect(readAdvice("mymodule1")).toBe("");
  });

  it("has no command that leaves all of it", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("list", "zset", "stream"),
        fc.integer({ min: 1, max: 300_000 }),
        fc.integer({ min: 1, max: 100_000 }),
        (type, elements, each) => {
          fc.pre(elements > LIMITS.elements || elements * each > LIMITS.bytes);
          for (const kept of left(bigKeyAdvice(value(type, elements, each), LIMITS))) {
            expect(kept).toBeLessThan(elements);
            expect(kept).toBeGreaterThan(0);
          }
        },
      ),
    );
  });

  it.each(["list", "zset", "stream"])("trims a %s of many elements to what is within both limits", (type) => {
    const [kept] = left(bigKeyAdvice(value(type, 50_000, 10), LIMITS));
    expect(kept! - 100).toBeLessThanOrEqual(10_000);
    const [smaller] = left(bigKeyAdvice(value(type, 50_000, 1000), LIMITS));
    expect((smaller! - 100) * 1000).toBeLessThanOrEqual(MB);
  });

  it("deals a hash or set into enough parts", () => {
    for (const type of ["hash", "set"]) {
      const [text] = bigKeyAdvice(value(type, 50_000, 1000), LIMITS);
      const parts = Number(/% (\d+)/.exec(text!)![1]);
      expect((50_000 * 1000) / parts).toBeLessThanOrEqual(MB);
    }
  });

  it.each(["list", "zset", "stream", "hash", "set"])(
    "is about elements where those of a %s are large",
    (type) => {
      const few = bigKeyAdvice(value(type, 4, MB), LIMITS).join(" ");
      expect(few).toMatch(/^It is big because its elements are: 4 elements of 1\.00M each/);
      const one = { ...value(type, 5000, 300), bytes: 3 * MB, largest_element_bytes: 2 * MB };
      expect(bigKeyAdvice(one, LIMITS).join(" ")).toMatch(/^It is big because of one element of 2\.00M/);
      expect(left([few])).toEqual([]);
    },
  );

  it("tells pending ids from entries where the data is known", () => {
    const stream = {
      ...value("stream", 100, 20),
      bytes: 2 * MB,
      payload_bytes: 2000,
      largest_element_bytes: 10,
    };
    expect(bigKeyAdvice(stream, LIMITS).join(" ")).toMatch(/XPENDING.*XACK.*XGROUP DELCONSUMER/);
    expect(bigKeyAdvice({ ...stream, payload_bytes: 1.5 * MB }, LIMITS).join(" ")).not.toContain("XACK");
    expect(bigKeyAdvice({ ...stream, payload_bytes: null }, LIMITS).join(" ")).not.toContain("XACK");
  });
});
