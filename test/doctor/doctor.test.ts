import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { chooseRules, type DoctorOptions, diagnose } from "../../src/doctor/diagnose.ts";
import { infoNumber, parseInfo } from "../../src/doctor/info.ts";
import { finding, rule, type Severity } from "../../src/doctor/rule.ts";
import { RULES } from "../../src/doctor/rules/index.ts";
import { parseThresholds } from "../../src/doctor/thresholds.ts";
import { hasWord } from "../../src/doctor/words.ts";
import { UsageError } from "../../src/errors.ts";
import { withScope } from "../queries/small-inventory.ts";

const DOCS = readFileSync(new URL("../../docs/doctor.md", import.meta.url), "utf8");
const section = (id: string) => DOCS.split(/^### /m).find((text) => text.startsWith(`${id}\n`)) ?? "";

describe("docs/doctor.md", () => {
  it.each(RULES)("has a section on $id with each threshold and its default", ({ id, thresholds }) => {
    const rows = new Map(
      [...section(id).matchAll(/^\| `(\w+)`\s*\| (.*?)\s*\|/gm)].map((m) => [m[1], m[2]!]),
    );
    expect([...rows.keys()]).toEqual(Object.keys(thresholds));
    for (const [name, value] of Object.entries(thresholds)) {
      if (typeof value === "number") expect([name, rows.get(name)]).toEqual([name, String(value)]);
      else if (!rows.get(name)!.startsWith("as in")) {
        expect(rows.get(name)!.replaceAll("`", "").split(", ")).toEqual([...value]);
      }
    }
  });

  it("has no section on a rule that there is not", () => {
    const told = [...DOCS.matchAll(/^### (.*)$/gm)].map((m) => m[1]!);
    expect(told.sort()).toEqual(RULES.map(({ id }) => id).sort());
  });
});

describe("thresholds", () => {
  it("are read by rule", () => {
    const text = '{"big-keys": {"bytes": 5}, "no-ttl": {"words": ["Basket"]}}';
    expect(parseThresholds(text, "t.json")).toEqual({
      "big-keys": { bytes: 5 },
      "no-ttl": { words: ["basket"] },
    });
  });

  it.each([
    ["{", /^t\.json is no JSON: /],
    ["[]", /^t\.json: the file: /],
    ['{"big-kesy": {}}', /^t\.json: unknown rule big-kesy: did you mean big-keys\?$/],
    ['{"x": {}}', /^t\.json: unknown rule x: known are no-ttl, /],
    [
      '{"big-keys": {"byte": 1}}',
      /^t\.json: big-keys has no threshold byte: known are bytes, |did you mean bytes/,
    ],
    ['{"big-keys": {"bytes": -1}}', /^t\.json: big-keys\.bytes: /],
    ['{"big-keys": {"bytes": "1M"}}', /^t\.json: big-keys\.bytes: /],
    ['{"no-ttl": {"words": "x"}}', /^t\.json: no-ttl\.words: /],
  ])("refuse %s", (text, told) => {
    expect(() => parseThresholds(text, "t.json")).toThrow(told);
  });
});

describe("INFO", () => {
  it("is read with either line end", () => {
    const info = parseInfo(
      "# Memory\r\nused_memory:12\r\nmaxmemory_policy:noeviction\n\nmem_fragmentation_ratio:1.25\nmaxmemory:\n",
      "i",
    );
    expect(infoNumber(info, "used_memory")).toBe(12);
    expect(infoNumber(info, "mem_fragmentation_ratio")).toBe(1.25);
    expect(infoNumber(info, "maxmemory")).toBeUndefined();
    expect(infoNumber(info, "evicted_keys")).toBeUndefined();
    expect(info.get("maxmemory_policy")).toBe("noeviction");
  });

  it("has to say what is used", () => {
    expect(() => parseInfo("hello\nworld: x\n", "i.txt")).toThrow(/^i\.txt has no used_memory: .*INFO/);
  });
});

describe("a number of INFO", () => {
  it.each([
    ["used_memory:abc\n", 'i.txt, line 1: used_memory is not a number: "abc"'],
    ["# Memory\r\nused_memory:1\r\nmaxmemory:1gb\r\n", 'i.txt, line 3: maxmemory is not a number: "1gb"'],
    ["used_memory:1\nevicted_keys:0x10\n", 'i.txt, line 2: evicted_keys is not a number: "0x10"'],
  ])("is refused where it is none: %j", (text, told) => {
    expect(() => parseInfo(text, "i.txt")).toThrow(UsageError);
    expect(() => parseInfo(text, "i.txt")).toThrow(told);
  });

  it("may be unknown to the server that divides by zero", () => {
    const info = parseInfo("used_memory:1\nmem_fragmentation_ratio:-nan\n", "i.txt");
    expect(infoNumber(info, "mem_fragmentation_ratio")).toBeUndefined();
  });
});

describe("words of patterns", () => {
  it.each(["session:*", "user:*:sessions", "RATE-LIMIT:*", "rate_limits.*", "{lock}:*", "ratelimit"])(
    "stand in %s",
    (pattern) => expect(hasWord(pattern, ["session", "ratelimit", "lock"])).toBe(true),
  );
  it.each(["obsession:*", "clock:*", "blocks:*", "rate:*", "*"])("do not stand in %s", (pattern) =>
    expect(hasWord(pattern, ["session", "ratelimit", "lock"])).toBe(false),
  );
});

describe("rules", () => {
  it("are chosen by name", () => {
    expect(chooseRules(["peak", "no-ttl"], ["peak"]).map(({ id }) => id)).toEqual(["no-ttl"]);
    expect(chooseRules(undefined, ["no-ttl"])).toHaveLength(RULES.length - 1);
    expect(() => chooseRules(["no-tttl"])).toThrow("unknown rule no-tttl: did you mean no-ttl?");
    expect(() => chooseRules(undefined, ["x"])).toThrow(/^unknown rule x: known are /);
  });

  const found = (severity: Severity, saving: number | null, title: string, heap = 0) =>
    finding({
      severity,
      title,
      figures: { bytes: 1000 - heap, heap_bytes: heap },
      saving_bytes: saving === null ? null : 1000 - saving,
      saving_heap_bytes: saving,
      evidence: ["e"],
      advice: ["a"],
    });
  const one = rule({
    id: "one",
    looksFor: "",
    needs: [],
    thresholds: { limit: 5 },
    find: (_, { limit }) => [
      found("info", null, `limit ${limit}`, 70),
      found("warning", null, "b"),
      found("info", 10, "c"),
      found("critical", null, "d"),
    ],
  });
  const two = rule({
    id: "two",
    looksFor: "",
    needs: [],
    thresholds: {},
    find: () => [found("info", null, "f", 50), found("warning", 20, "e", 60)],
  });
  const needy = rule({ id: "needy", looksFor: "", needs: ["rows", "info"], thresholds: {}, find: () => [] });
  const options: DoctorOptions = { rules: [one, two, needy], thresholds: {}, info: undefined, largest: 10 };

  it("have their findings ordered by severity, then by saving, then by the memory they are about", () =>
    withScope({}, (scope) => {
      const { findings, looked, skipped } = diagnose(scope, options);
      expect(findings.map(({ title }) => title)).toEqual(["d", "e", "b", "c", "limit 5", "f"]);
      expect(findings[1]).toMatchObject({ rule: "two", docs: "docs/doctor.md#two" });
      expect(looked).toEqual(["one", "two"]);
      expect(skipped).toEqual([{ rule: "needy", why: "needs a saved INFO text: --info FILE" }]);
    }));

  it("go by the thresholds given, and tell how much is left out", () =>
    withScope({}, (scope) => {
      const thresholds = { one: { limit: 7 } };
      expect(diagnose(scope, { ...options, thresholds }).findings.at(-2)!.title).toBe("limit 7");
      const { findings, left, counts } = diagnose(scope, { ...options, largest: 1 });
      expect(findings.map(({ title }) => title)).toEqual(["d", "e"]);
      expect(left).toEqual([
        { rule: "one", findings: 3 },
        { rule: "two", findings: 1 },
      ]);
      expect(counts).toEqual({ critical: 1, warning: 2, info: 3 });
    }));

  it("that need rows are told where there are none", () =>
    withScope(
      {},
      (scope) => {
        const { skipped } = diagnose(scope, { ...options, info: new Map() });
        expect(skipped).toEqual([
          { rule: "needy", why: "needs a row a key: rdbscope analyze dump1.rdb --keys all" },
        ]);
      },
      false,
    ));

  it("of whole snapshots do not look at a part", () =>
    withScope({ key: "user:*" }, (scope) => {
      const { skipped } = diagnose(scope, {
        rules: chooseRules(["concentration", "encoding-thresholds"]),
        thresholds: {},
        info: undefined,
        largest: 5,
      });
      expect(skipped.map(({ rule: id }) => id)).toEqual(["encoding-thresholds", "concentration"]);
    }));
});
