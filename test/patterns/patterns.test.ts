import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkPatternSettings,
  Learner,
  mergePatterns,
  type PatternModel,
  type PatternSettings,
  PatternTable,
} from "../../src/patterns/index.ts";
import { KeyMaker, parseList } from "./keys.ts";
import { randomNumbers } from "./random.ts";
import { scoresOf } from "./scores.ts";

const LISTS = path.join(import.meta.dirname, "lists");
const listed = (name: string) => parseList(fs.readFileSync(path.join(LISTS, `${name}.tsv`), "utf8"));

/** The pattern of each key, by its hex digits, when `parts` are classified in tables of their own. */
function patternsOf(
  parts: readonly (readonly Uint8Array[])[],
  { model, settings }: { model?: PatternModel; settings?: PatternSettings } = {},
): Map<string, string> {
  const tables = parts.map(() => new PatternTable(settings));
  if (model !== undefined) for (const table of tables) table.use(structuredClone(model));
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

function patternOf(key: string, settings: PatternSettings = {}): string {
  return [...patternsOf([[Buffer.from(key, "latin1")]], { settings }).values()][0]!;
}

function learn(keys: readonly Uint8Array[]): PatternModel {
  const learner = new Learner();
  for (const key of keys) learner.add(key, 0, key.length);
  return learner.learn();
}

const names = (n: number, make: (i: number) => string) =>
  Array.from({ length: n }, (_, i) => Buffer.from(make(i)));
const word = (i: number) => [...i.toString()].map((d) => "ghijklmnop"[Number(d)]).join("");
const made = (name: string, n: number) => {
  const maker = new KeyMaker(listed(name), 3);
  return names(n, () => maker.next().key);
};

describe("the pattern of one key", () => {
  it.each([
    ["user:1000:profile", "user:*:profile"],
    ["session:9b2f1c3a-7d4e-4f60-8a1b-2c3d4e5f6a7b", "session:*"],
    ["img_9b2f1c3a-7d4e-4f60-8a1b-2c3d4e5f6a7b_thumb", "img_*_thumb"],
    ["cache:deadbeef01", "cache:*"],
    ["cache:deadbeef", "cache:deadbeef"],
    ["cache:abcdefabcdefabcd", "cache:*"],
    ["rate:10.0.0.255:2026-11-21T10:05:00Z", "rate:*:*"],
    ["rate:10.0.0.255:2026-11-21T10:05", "rate:*:*"],
    ["leaderboard:2026-11-21", "leaderboard:*"],
    ["week:2026-W47:de", "week:*:de"],
    ["day:20261121", "day:*"],
    ["mail:jane.doe@example.org", "mail:*"],
    ["inbox_jane.doe@example.org", "inbox_*"],
    ["jane.doe@example.org", "*"],
    ["device:aa:bb:cc:0d:1e:2f:name", "device:*:name"],
    ["otp:+4915112345678", "otp:*"],
    ["loc:-12.5,33.25", "loc:*,*"],
    ["img:640x480:png", "img:*x*:png"],
    ["{1000}:cart", "{*}:cart"],
    ["cart:{user:1000}:items", "cart:{user:*}:items"],
    ["{9b2f1c3a-7d4e-4f60-8a1b-2c3d4e5f6a7b}", "{*}"],
    ["{user}:x", "{user}:x"],
    ["order-17:x", "order-*:x"],
    ["product.12.price", "product.*.price"],
    ["user_12_posts", "user_*_posts"],
    ["app/users/12|x#y", "app/users/*|x#y"],
    ["job-01ARZ3NDEKTSV4RRFFQ69G5FAV-result", "job-*-result"],
    ["token:63OQpytnq79kv-ecYypj0t5H_RwpIW", "token:*"],
    ["UserProfile_Settings_Page", "UserProfile_Settings_Page"],
    ["a:b.c.d.e.12.f:x", "a:b.c.d.e.*.f:x"],
    ["api:v2:users", "api:v2:users"],
    ["a::b", "a::b"],
    ["", ""],
    ["*", "*"],
    ["bin:\x00\x01", "bin:*"],
    ["bin:\xff\xfe", "bin:*"],
    ["bin:\xc2\x85", "bin:*"],
    [`long:${"x".repeat(65)}`, "long:*"],
    ["user:1:orders:5:items:7:sku", "user:*:orders:*:items:*:sku"],
    ["1:2:3:4:5:6:7:8:9:10:11:12:13:14:15:16:17", `${"*:".repeat(15)}*`],
  ])("%j is %j", (key, pattern) => {
    expect(patternOf(key)).toBe(pattern);
  });

  it.each([
    ["......", "*"],
    ["log:......", "log:*"],
    [".".repeat(200), "*"],
    ["...", "..."],
    ["mail:a.b.c.d.e@mail.example.org", "mail:*"],
    ["mail:first.m.last@dept.example.org:inbox", "mail:*:inbox"],
    ["a.b.c.d@x.y", "*"],
    ["com.example.app.main.title", "com.example.app.main.title"],
  ])("takes dots alone, and an address with any number of them, for one id: %s", (key, pattern) => {
    expect(patternOf(key)).toBe(pattern);
  });

  it("takes the same place twice for two wildcards", () => {
    const settings = { templates: ["{lang}:{lang}"] };
    const keys = ["en:de", "de:en", "fr:fr", "x:y:z"].map((key) => Buffer.from(key));
    expect(new Set(patternsOf([keys], { settings }).values())).toEqual(new Set(["*:*"]));
  });

  it("keeps UTF-8 words", () => {
    const key = Buffer.from("café:日本");
    expect([...patternsOf([[key]]).values()]).toEqual(["café:日本"]);
  });
});

describe("what users say of patterns", () => {
  it.each<[string, PatternSettings, string]>([
    ["sess:abc", { templates: ["sess:{id}"] }, "sess:*"],
    ["sess:a:b", { templates: ["sess:{id}"] }, "sess:*"],
    ["sess:a:b:x", { templates: ["sess:*:x"] }, "sess:*:x"],
    ["sess:", { templates: ["sess:{id}"] }, "sess:"],
    ["other:1", { templates: ["sess:{id}"] }, "other:*"],
    ["a.b:c", { templates: ["a.{x}", "a.b:{y}"] }, "a.*"],
    ["eu-west-12-abc", { templates: ["/^([a-z]+-[a-z]+)-(\\d+)-abc$/"] }, "*-*-abc"],
    ["a:b|c.d", { separators: "|" }, "a:b|c.d"],
    ["a.12:b", { separators: "." }, "a.*:b"],
    ["a:b:c:d", { depth: 2 }, "a:b:*"],
    ["a:b", { depth: 2 }, "a:b"],
  ])("%j with %j is %j", (key, settings, pattern) => {
    expect(patternOf(key, settings)).toBe(pattern);
  });

  it("compares bytes and shows text", () => {
    const settings = { templates: ["café:{x}"] };
    expect([...patternsOf([[Buffer.from("café:é")]], { settings }).values()]).toEqual(["café:*"]);
  });

  it.each<[PatternSettings]>([
    [{ templates: ["plain"] }],
    [{ templates: ["/no group/"] }],
    [{ templates: ["/(/"] }],
    [{ separators: "" }],
    [{ separators: "a" }],
    [{ depth: 0 }],
    [{ depth: 16 }],
  ])("%j is refused", (settings) => {
    expect(() => checkPatternSettings(settings)).toThrow(RangeError);
  });
});

describe("learning", () => {
  // Names of words alone, as bare ids, leave nothing to tell templates apart: only what is named is asked of `opaque`.
  it.each([
    ["shop", 0.98, 0.95, 0.95],
    ["snake", 0.98, 0.95, 0.95],
    ["mixed", 0.98, 0.95, 0.95],
    ["opaque", 0.98, 0.85, 0],
    ["urls", 0.98, 0.95, 0.95],
    ["app", 0.98, 0.98, 0.98],
    ["services", 0.98, 0.98, 0.98],
  ])("finds the templates of %s", (name, byName, recall, precision) => {
    const scores = scoresOf(listed(name), 80_000);
    expect(scores.byName, JSON.stringify(scores.wrong.slice(0, 5))).toBeGreaterThan(byName);
    expect(scores.recall).toBeGreaterThan(recall);
    expect(scores.precision).toBeGreaterThan(precision);
    expect(scores.patterns).toBeLessThan(150);
  });

  it("does not depend on the order of names", () => {
    const keys = made("mixed", 20_000);
    expect(learn([...keys].reverse())).toEqual(learn(keys));
  });

  it("keeps words of a small set apart, and merges names", () => {
    const keys = names(4000, (i) => `user:${word(i >> 2)}:${["cart", "seen", "likes", "feed"][i & 3]}`);
    const found = new Set(patternsOf([keys], { model: learn(keys) }).values());
    expect([...found].sort()).toEqual(["user:*:cart", "user:*:feed", "user:*:likes", "user:*:seen"]);
  });

  it("keeps frequent words at the beginning, where names stand too", () => {
    const keys = names(9000, (i) =>
      i % 3 === 0 ? `user:${i}` : i % 3 === 1 ? `order:${i}` : `${word(i)}:${i}`,
    );
    const found = new Set(patternsOf([keys], { model: learn(keys) }).values());
    expect([...found].sort()).toEqual(["*:*", "order:*", "user:*"]);
  });
});

describe("paths and topics", () => {
  const users = names(3000, (i) => `user:${i + 1000}`);
  const found = (keys: readonly Uint8Array[]) =>
    [...new Set(patternsOf([keys], { model: learn(keys) }).values())].sort();

  it("that come again and again, each rarely, are values", () => {
    const pages = names(320, (i) => `cache:page:/${["blog", "help"][i & 1]}/${word(i % 32)}/${i + 100}`);
    expect(found([...users, ...pages])).toEqual(["cache:page:/blog/*/*", "cache:page:/help/*/*", "user:*"]);
  });

  it("are words when some are much more frequent than others", () => {
    const jobs = names(1024, (i) => `app:${word(Math.clz32(i + 1))}:job:${i + 100}`);
    expect(found([...users, ...jobs]).length).toBeGreaterThan(8);
  });

  it("are words where most names are", () => {
    expect(found(names(3200, (i) => `app:${word(i % 32)}:${i + 100}`)).length).toBe(32);
  });

  it("make one pattern a depth, though each level has few words", () => {
    const { below } = randomNumbers(7);
    const folders = () => Array.from({ length: 1 + below(4) }, () => word(below(10))).join("/");
    const few = names(100, () => `cache:/${folders()}`);
    const expected = ["cache:/*", "cache:/*/*", "cache:/*/*/*", "cache:/*/*/*/*", "user:*"];
    expect(found([...users, ...users, ...few])).toEqual(expected);
    const many = names(
      1500,
      () => `cache:/${word(below(10))}/${word(below(10))}/${word(below(10))}/${below(1e6)}`,
    );
    expect(found([...users, ...many])).toEqual(["cache:/*/*/*/*", "user:*"]);
  });

  it("keep the extension that all have, and no end of several", () => {
    const pages = names(200, (i) => `page:/${word(i)}-${word(i * 7)}.html`);
    expect(found([...users, ...pages])).toEqual(["page:/*.html", "user:*"]);
    const hosts = names(200, (i) => `dns:${word(i)}.${["com", "org", "net"][i % 3]}`);
    expect(found([...users, ...hosts])).toEqual(["dns:*", "user:*"]);
  });
});

describe("names that no model has a pattern for", () => {
  it("leave the words of a model as they are", () => {
    const jobs = names(3000, (i) => `job:${i + 1000}`);
    const others = names(60, (i) => `${word(i + 500)}:config`);
    const keys = [...jobs, ...others, Buffer.from("job:config")];
    const patterns = patternsOf([keys], { model: learn(jobs) });
    expect([...new Set(patterns.values())].sort()).toEqual(["*:config", "job:*", "job:config"]);
  });

  it("are counted where they went", () => {
    const fields = names(8000, (i) => `lost:${word(i % 100)}:${word(1000 + Math.clz32(i))}`);
    const patterns = new Set(patternsOf([fields]).values());
    expect([...patterns].every((pattern) => pattern.startsWith("lost:*:"))).toBe(true);
    expect(patterns.size).toBe(14);
  });

  it("are merged when there are many, and those below them", () => {
    const keys = names(1026, (i) => `${word(i >> 1)}:${i & 1 ? "cart" : "seen"}`);
    expect([...new Set(patternsOf([keys]).values())].sort()).toEqual(["*:cart", "*:seen"]);
  });

  it("stay as they are when they are few", () => {
    const keys = names(10, (i) => `config:${word(i)}`);
    expect(new Set(patternsOf([keys]).values()).size).toBe(10);
  });

  it("keep the braces of hash tags", () => {
    const keys = names(600, (i) => `{${word(i)}}:cart`);
    expect([...new Set(patternsOf([keys]).values())]).toEqual(["{*}:cart"]);
  });

  it("are sorted by bytes, and every raw id has its pattern", () => {
    const table = new PatternTable();
    for (const key of ["b", "a:1", "\uffff", "\u{10000}", "B"]) {
      const bytes = Buffer.from(key);
      table.classify(bytes, 0, bytes.length);
    }
    const { templates, idOf } = mergePatterns([table.export()]);
    expect(templates).toEqual(["B", "a:*", "b", "\uffff", "\u{10000}"]);
    expect([...idOf[0]!].sort()).toEqual([0, 1, 2, 3, 4]);
  });
});

describe("unrelated names", () => {
  const SEPARATED = ":/|#,;=&? {}._-";
  it.each<[string, (below: (limit: number) => number) => string]>([
    [
      "words",
      (below) => Array.from({ length: 26 }, (_, i) => (i % 9 === 8 ? ":" : word(below(10)))).join(""),
    ],
    ["ASCII", (below) => String.fromCharCode(...Array.from({ length: 20 }, () => 32 + below(95)))],
    ["bytes", (below) => String.fromCharCode(...Array.from({ length: 20 }, () => below(256)))],
    [
      "separators",
      (below) =>
        Array.from({ length: 20 }, () => (below(3) ? word(below(10)) : SEPARATED[below(15)])).join(""),
    ],
  ])("of %s end in 1,000 patterns at most", (_, make) => {
    const { below } = randomNumbers(1);
    const next = () => Buffer.from(make(below), "latin1");
    const table = new PatternTable();
    table.use(learn(Array.from({ length: 5000 }, next)));
    for (let i = 0; i < 150_000; i++) {
      const key = next();
      table.classify(key, 0, key.length);
    }
    expect(table.export().trie.nodes).toBeLessThan(2 ** 17 + 32);
    expect(table.size).toBeLessThan(2 ** 18);
    expect(mergePatterns([table.export()]).templates.length).toBeLessThanOrEqual(1000);
  });
});

describe("any split and any order", () => {
  it("gives every key the same pattern", () => {
    const digit = (i: number) => "ghijklmnop"[i % 10];
    const text = fc
      .nat(999)
      .map((i) => `w${digit(i)}${digit(Math.floor(i / 10))}${digit(Math.floor(i / 100))}`);
    const few = fc.constantFrom("user", "cart", "{tag}", "x-1", "12", "{7}", "");
    const segment = fc.oneof({ weight: 6, arbitrary: text }, { weight: 2, arbitrary: few });
    const key = fc.array(segment, { minLength: 1, maxLength: 5 }).map((s) => Buffer.from(s.join(":")));
    const bytes = fc.uint8Array({ maxLength: 20 });
    const keys = fc.array(fc.oneof({ weight: 20, arbitrary: key }, { weight: 1, arbitrary: bytes }), {
      minLength: 600,
      maxLength: 3000,
      size: "max",
    });
    fc.assert(
      fc.property(
        keys,
        fc.integer({ min: 1, max: 4 }),
        fc.integer(),
        fc.boolean(),
        (list, tables, seed, learns) => {
          const parts: Uint8Array[][] = Array.from({ length: tables }, () => []);
          const { below } = randomNumbers(seed);
          const shuffled = [...list];
          for (let i = shuffled.length - 1; i > 0; i--) {
            const j = below(i + 1);
            [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
          }
          for (const one of shuffled) parts[below(tables)]!.push(one);
          const given = learns ? { model: learn(list.slice(0, 500)) } : {};
          const expected = patternsOf([list], given);
          const got = patternsOf(parts, given);
          for (const [name, pattern] of expected) if (got.get(name) !== pattern) return false;
          return true;
        },
      ),
      { numRuns: 40 },
    );
  });
});
