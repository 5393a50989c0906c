import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergePatterns, PatternTable } from "../../src/patterns/index.ts";

function templatesOf(parts: readonly (readonly Uint8Array[])[]): Map<string, string> {
  const tables = parts.map(() => new PatternTable());
  const raw = parts.map((keys, i) => keys.map((key) => tables[i]!.classify(key, 0, key.length)));
  const merged = mergePatterns(tables.map((table) => structuredClone(table.export())));
  const result = new Map<string, string>();
  parts.forEach((keys, i) => {
    keys.forEach((key, k) => {
      result.set(Buffer.from(key).toString("hex"), merged.templates[merged.idOf[i]![raw[i]![k]!]!]!);
    });
  });
  return result;
}

function templateOf(key: string): string {
  return [...templatesOf([[Buffer.from(key, "latin1")]]).values()][0]!;
}

describe("the template of one key", () => {
  it.each([
    ["user:1000:profile", "user:*:profile"],
    ["session:9b2f1c3a-7d4e-4f60-8a1b-2c3d4e5f6a7b", "session:*"],
    ["cache:deadbeef01", "cache:*"],
    ["cache:deadbeef", "cache:deadbeef"],
    ["cache:abcdefabcdefabcd", "cache:*"],
    ["rate:10.0.0.255:2026-11-21T10:05:00Z", "rate:*:*:*:*"],
    ["leaderboard:2026-11-21", "leaderboard:*"],
    ["day:20261121", "day:*"],
    ["mail:jane.doe@example.org", "mail:*"],
    ["{1000}:cart", "{*}:cart"],
    ["cart:{user:1000}:items", "cart:{user:*}:items"],
    ["{9b2f1c3a-7d4e-4f60-8a1b-2c3d4e5f6a7b}", "{*}"],
    ["{user}:x", "{user}:x"],
    ["order-17:x", "order-*:x"],
    ["product.12.price", "product.*.price"],
    ["api:v2:users", "api:v2:users"],
    ["a::b", "a::b"],
    ["", ""],
    ["*", "*"],
    ["bin:\x00\x01", "bin:*"],
    ["bin:\xff\xfe", "bin:*"],
    ["bin:\xc2\x85", "bin:*"],
    [`long:${"x".repeat(65)}`, "long:*"],
    ["a:b:c:d", "a:b:c:d"],
    ["a:b:c:d:e", "a:b:c:d:*"],
    ["user:1:orders:5:items:7:sku", "user:*:orders:*:items:*:sku"],
    ["1:2:3:4:5:6:7:8:9:10", "*:*:*:*:*:*:*:*:*"],
  ])("%j is %j", (key, template) => {
    expect(templateOf(key)).toBe(template);
  });

  it("keeps UTF-8 words", () => {
    const key = Buffer.from("café:日本");
    expect([...templatesOf([[key]]).values()]).toEqual(["café:日本"]);
  });
});

describe("many keys", () => {
  const names = (n: number, make: (i: number) => string) =>
    Array.from({ length: n }, (_, i) => Buffer.from(make(i)));
  const word = (i: number) => [...i.toString()].map((d) => "ghijklmnop"[Number(d)]).join("");

  it("merges names only above the cap, and their subtrees with them", () => {
    const at = new Set(templatesOf([names(512, (i) => `${word(i)}:cart`)]).values());
    expect(at.size).toBe(512);
    const over = new Set(
      templatesOf([names(1026, (i) => `${word(i >> 1)}:${i & 1 ? "cart" : "seen"}`)]).values(),
    );
    expect([...over].sort()).toEqual(["*:cart", "*:seen"]);
  });

  it("counts keys that end apart from keys that go on", () => {
    const keys = [...names(600, (i) => word(i)), Buffer.from("user:name")];
    expect([...new Set(templatesOf([keys]).values())].sort()).toEqual(["*", "user:name"]);
  });

  it("keeps hash-tag braces around merged names", () => {
    const keys = names(600, (i) => `{${word(i)}}:cart`);
    expect([...new Set(templatesOf([keys]).values())]).toEqual(["{*}:cart"]);
  });

  it("sorts templates by bytes and maps every raw id", () => {
    const table = new PatternTable();
    for (const key of ["b", "a:1", "\uffff", "\u{10000}", "B"]) {
      const bytes = Buffer.from(key);
      table.classify(bytes, 0, bytes.length);
    }
    const { templates, idOf } = mergePatterns([table.export()]);
    expect(templates).toEqual(["B", "a:*", "b", "\uffff", "\u{10000}"]);
    expect([...idOf[0]!].sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it("stays small for two million random names", () => {
    const table = new PatternTable();
    let seed = 1;
    const key = Buffer.alloc(26, ":");
    for (let n = 0; n < 2_000_000; n++) {
      for (let i = 0; i < 26; i++) {
        seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
        if (i % 9 !== 8) key[i] = 0x67 + ((seed >>> 16) % 20);
      }
      table.classify(key, 0, key.length);
    }
    const { templates } = mergePatterns([table.export()]);
    expect(templates).toEqual(["*:*:*"]);
    expect(table.size).toBeLessThan(10_000);
    expect(table.export().trie.nodes).toBeLessThan(20_000);
  });

  it("stays small, and says it narrowed, for millions of live templates", () => {
    const table = new PatternTable();
    for (let i = 0; i < 512 * 64 * 16; i++) {
      const key = Buffer.from(`${word(i & 511)}:${word((i >> 9) & 63)}:${word(i >> 15)}:x`);
      table.classify(key, 0, key.length);
    }
    const merged = mergePatterns([table.export()]);
    expect(merged.strict).toBe(true);
    expect(merged.templates).toEqual(["*:*:*:*"]);
  });
});

describe("any split and any order", () => {
  it("gives every key the same template", () => {
    const digit = (i: number) => "ghijklmnop"[i % 10];
    const word = fc
      .nat(999)
      .map((i) => `w${digit(i)}${digit(Math.floor(i / 10))}${digit(Math.floor(i / 100))}`);
    const few = fc.constantFrom("user", "cart", "{tag}", "x-1", "12", "{7}", "");
    const segment = fc.oneof({ weight: 6, arbitrary: word }, { weight: 2, arbitrary: few });
    const key = fc.array(segment, { minLength: 1, maxLength: 5 }).map((s) => Buffer.from(s.join(":")));
    const bytes = fc.uint8Array({ maxLength: 20 });
    const keys = fc.array(fc.oneof({ weight: 20, arbitrary: key }, { weight: 1, arbitrary: bytes }), {
      minLength: 600,
      maxLength: 3000,
      size: "max",
    });
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 4 }), fc.integer(), (list, tables, seed) => {
        const parts: Uint8Array[][] = Array.from({ length: tables }, () => []);
        let state = seed | 1;
        const next = () => {
          state ^= state << 13;
          state ^= state >>> 17;
          state ^= state << 5;
          return state >>> 0;
        };
        const shuffled = [...list];
        for (let i = shuffled.length - 1; i > 0; i--) {
          const j = next() % (i + 1);
          [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
        }
        for (const one of shuffled) parts[next() % tables]!.push(one);
        const expected = templatesOf([list]);
        const got = templatesOf(parts);
        for (const [name, template] of expected) if (got.get(name) !== template) return false;
        return true;
      }),
      { numRuns: 60 },
    );
  });
});
