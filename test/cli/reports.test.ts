import { describe, expect, test } from "vitest";
import { column, type Section } from "../../src/queries/answer.ts";
import { renderCsv } from "../../src/reports/csv.ts";
import { renderExpanded } from "../../src/reports/expanded.ts";
import { renderJson, toJson } from "../../src/reports/json.ts";
import { renderMarkdown } from "../../src/reports/markdown.ts";
import { PLAIN } from "../../src/reports/style.ts";
import { beside, renderTable } from "../../src/reports/table.ts";
import { displayWidth, middleCut, safeText, wrapped } from "../../src/reports/text.ts";
import { humanBytes, humanCount, humanShare } from "../../src/reports/units.ts";
import { USED_MEMORY_HANG, usedMemoryLines } from "../../src/reports/used-memory.ts";

const BINARY = Buffer.from([0xff, 0x00, 0x41, 0x5c]);
const HOSTILE = "a\x1b[31mred\u202Eevil\r\n|`<b>";

function section(rows: Section["rows"]): Section {
  return {
    name: "s",
    title: "S",
    columns: [column("key", "Key", "key"), column("bytes", "Memory", "bytes", { sum: true })],
    rows,
  };
}
const parts = (rows: Section["rows"]) => [{ section: section(rows), extra: { snapshot: 1 } }];

describe("units", () => {
  test.each([
    [0, "0B"],
    [1023, "1023B"],
    [1024, "1.00K"],
    [1536, "1.50K"],
    [3365930, "3.21M"],
    [1127428915, "1.05G"],
    [1048575, "1.00M"],
    [999.99 * 1024, "999.99K"],
    [999.995 * 1024, "0.98M"],
    [1003.7 * 1024, "0.98M"],
    [-1003.7 * 1024, "-0.98M"],
    [1000 * 1024 ** 2, "0.98G"],
    [1000 * 1024 ** 6, "1000.00E"],
    [2 ** 53, "8.00P"],
  ] as const)("%i bytes are %s", (bytes, text) => expect(humanBytes(bytes)).toBe(text));
  test("counts and shares", () => {
    expect(humanCount(1234567)).toBe("1,234,567");
    expect(humanCount(12n)).toBe("12");
    expect([humanShare(0), humanShare(0.0001), humanShare(1)]).toEqual(["0.0%", "<0.1%", "100.0%"]);
    expect([humanShare(-0.0001), humanShare(-0.12)]).toEqual(["0.0%", "-12.0%"]);
  });
});

describe("hostile keys", () => {
  test("are escaped as bytes, and differently when they differ", () => {
    expect(safeText(HOSTILE)).toBe("a\\x1B[31mred\\xE2\\x80\\xAEevil\\x0D\\x0A|`<b>");
    expect(safeText(BINARY)).toBe("\\xFF\\x00A\\\\");
    expect(safeText("\\xFF")).toBe("\\\\xFF");
    expect(safeText("ключ:日本")).toBe("ключ:日本");
  });

  test("never reach a terminal as they are, in any format", () => {
    const all = [
      ...renderTable(section([{ key: HOSTILE, bytes: 1 }])),
      ...renderExpanded(section([{ key: HOSTILE, bytes: 1 }])),
      ...renderMarkdown(section([{ key: HOSTILE, bytes: 1 }])),
      ...renderCsv(parts([{ key: HOSTILE, bytes: 1 }])),
      ...renderJson(parts([{ key: `${HOSTILE}\x7f\x9b`, bytes: 1 }])),
    ].join("");
    expect(all).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  test("come back from JSON", () => {
    expect(JSON.parse(toJson({ a: HOSTILE, b: 5n, c: null }))).toEqual({ a: HOSTILE, b: 5, c: null });
    const { base64 } = JSON.parse(toJson(BINARY)) as { base64: string };
    expect(Buffer.from(base64, "base64")).toEqual(BINARY);
  });

  test("are no formulas, no new lines and no new cells in CSV", () => {
    const [, ...rows] = [
      ...renderCsv(
        parts([
          { key: '=HYPERLINK("x")', bytes: 1 },
          { key: "a,b", bytes: -2 },
        ]),
      ),
    ];
    expect(rows).toEqual([`1,"'=HYPERLINK(""x"")",1`, '1,"a,b",-2']);
  });

  test("are code in Markdown", () => {
    expect([...renderMarkdown(section([{ key: "a|`b`", bytes: 1 }]))].at(-1)).toBe(
      "| `a\\x7C\\x60b\\x60` | 1B |",
    );
  });
});

describe("tables", () => {
  test("are aligned, add up, and count wide characters as two cells", () => {
    const lines = [
      ...renderTable(
        section([
          { key: "日本", bytes: 1024 },
          { key: "abc", bytes: 1 },
        ]),
      ),
    ];
    expect(lines).toEqual(["Key    Memory", "日本    1.00K", "abc        1B", "total   1.00K"]);
  });

  test("cut long keys in the middle, at the table's width", () => {
    const lines = [...renderTable(section([{ key: `start${"x".repeat(300)}end`, bytes: 1 }]), PLAIN, 100)];
    expect(lines[1]).toMatch(/^startx+…x+end +1B$/);
    expect(displayWidth(lines[1]!)).toBe(100);
    expect(middleCut("abcdefg", 5)).toBe("ab…fg");
  });

  test("tell which columns there is no room for, and only those that are in no line", () => {
    const columns = [
      column("key", "Key", "key"),
      column("bytes", "Memory", "bytes"),
      column("largest", "Largest", "bytes", { spare: true }),
      column("at", "Expires", "time", { spare: true }),
    ];
    const rows = [{ key: "k".repeat(20), bytes: 1, largest: 1, at: 0 }];
    const leftOutAt = (width: number) => {
      const leftOut = new Set<string>();
      const [head] = renderTable({ ...section(rows), columns }, PLAIN, width, leftOut);
      return { head, leftOut: [...leftOut] };
    };
    expect(leftOutAt(100)).toMatchObject({ head: expect.stringContaining("Expires"), leftOut: [] });
    expect(leftOutAt(40).leftOut).toEqual(["at"]);
    expect(leftOutAt(30)).toEqual({
      head: expect.stringMatching(/^Key +Memory$/),
      leftOut: ["largest", "at"],
    });
    expect(leftOutAt(20)).toEqual({ head: expect.stringMatching(/^-\[ 1 \]/), leftOut: [] });
    const narrow = { ...section(rows), columns: columns.slice(0, 1), lacks: ["bytes"] };
    const leftOut = new Set<string>();
    expect([...renderTable({ ...section(rows), narrow }, PLAIN, 25, leftOut)][0]).toBe("Key");
    expect([...leftOut]).toEqual(["bytes"]);
  });

  test("cut names before words that somebody has to type", () => {
    const columns = [
      column("setting", "Setting", "number"),
      column("pattern", "Pattern", "key"),
      column("bytes", "Memory", "bytes"),
    ];
    const rows = [
      { setting: "zset-max-listpack-entries", pattern: "user:*:followers:by-time", bytes: 1 },
      { setting: "hll", pattern: "p", bytes: 1 },
    ];
    const at = (width: number) => [...renderTable({ ...section(rows), columns }, PLAIN, width)];
    expect(at(56)[1]).toMatch(/^zset-max-listpack-entries {2}user:\S+…\S+-time +1B$/);
    expect(at(54)).toContain("Setting  zset-max-listpack-entries");
  });

  test("go on below where a column wraps, and nothing is lost or out of its column", () => {
    const text = `${"word ".repeat(30)}${"\\xFF".repeat(40)} end`;
    const wrapping: Section = {
      ...section([{ fact: "a rather long fact", value: text }]),
      columns: [column("fact", "Fact", "text"), column("value", "Value", "text", { wraps: true })],
    };
    const [, first, ...below] = renderTable(wrapping, PLAIN, 80);
    expect(first).toMatch(/^a rather long fact {2}word word/);
    const indent = " ".repeat(20);
    expect(below.every((line) => line.startsWith(`${indent}`) && line[20] !== " ")).toBe(true);
    expect(Math.max(...[first!, ...below].map((line) => line.length))).toBeLessThanOrEqual(80);
    const values = [first!, ...below].map((line) => line.slice(20));
    expect(values.join("").replaceAll(" ", "")).toBe(safeText(text).replaceAll(" ", ""));
    expect(values.every((line) => !line.endsWith("\\x"))).toBe(true);
  });

  test("cut nothing where lines may be of any length", () => {
    const key = `start${"x".repeat(300)}end`;
    expect([...renderTable(section([{ key, bytes: 1 }]))][1]).toContain(key);
  });

  test("show their narrow form, or end their rows early, where somebody wants that", () => {
    const narrow: Section = {
      ...section([{ key: "n", bytes: 1 }]),
      columns: [column("key", "Narrow", "key")],
    };
    const wide = { ...section([{ key: "a".repeat(20), bytes: 1 }]), narrow };
    expect([...renderTable(wide, PLAIN, 12)]).toEqual(["Narrow", "n"]);
    let ended = false;
    function* endless() {
      try {
        for (;;) yield { key: "k", bytes: 1 };
      } finally {
        ended = true;
      }
    }
    for (const _ of renderTable(section(endless()))) break;
    expect(ended).toBe(true);
  });

  test("mark lower bounds, in their sums too", () => {
    const columns = [
      column("key", "Key", "key"),
      column("bytes", "Memory", "bytes", { sum: true, atLeast: "floor" }),
      column("floor", "≥", "count", { sum: true, machineOnly: true }),
    ];
    const rows = [
      { key: "a", bytes: 1, floor: 1 },
      { key: "b", bytes: 2, floor: 0 },
    ];
    const one = { ...section(rows), columns };
    expect([...renderTable(one)].map((line) => line.split(/ +/)[1])).toEqual(["Memory", "≥1B", "2B", "≥3B"]);
    expect([...renderMarkdown(one)].at(-1)).toBe("| **`total`** | **≥3B** |");
  });

  test("wrap notes at words", () => {
    expect(wrapped("note: one two three", 12)).toEqual(["note: one", "  two three"]);
    expect(wrapped("note: one two three", 12, 6)).toEqual(["note: one", "      two", "      three"]);
  });

  test("go on below the words of a line about used_memory, not below its figures", () => {
    const memory = {
      ...{ key_bytes: 9e6, table_bytes: 1e6, function_bytes: 0, baseline_bytes: 9e5, estimated_bytes: 109e5 },
      ...{ used_mem: 14e6, unexplained_bytes: 31e5, unexplained_share: 0.22, comparable: 1 },
    } as Parameters<typeof usedMemoryLines>[0];
    const lines = usedMemoryLines(memory, true, "redis 7.2.6", true, 1e5);
    for (const line of lines.flatMap((one) => wrapped(one, 60, USED_MEMORY_HANG))) {
      expect(line.slice(21, 24)).toMatch(/^ {2}\S$/);
      expect(line.length).toBeLessThanOrEqual(60);
    }
    expect(lines.every((line) => line.length > 60)).toBe(true);
  });

  test("print what comes behind the measured rows", () => {
    const rows = Array.from({ length: 2500 }, (_, i) => ({ key: `k${i}`, bytes: 1 }));
    const lines = [...renderTable(section(rows))];
    expect(lines).toHaveLength(2502);
    expect(lines.at(-1)).toMatch(/^total +2\.44K$/);
  });

  test("say when there is nothing", () => expect([...renderTable(section([]))].at(-1)).toBe("(nothing)"));

  test("stand next to each other", () => expect(beside(["a", "bbb"], ["1"], 2)).toEqual(["a    1", "bbb"]));
});

describe("expanded", () => {
  const names = Array.from({ length: 12 }, (_, i) => `column_${i}`);
  const wide = (rows: Section["rows"]): Section => ({
    name: "query",
    title: "",
    columns: names.map((name) => column(name, name, "number")),
    rows,
  });
  const row = (start: number) => Object.fromEntries(names.map((name, i) => [name, start + i]));
  const time = 1_700_000_000_000;

  test("is what a table becomes that no line has room for, with every figure whole", () => {
    const rows = [row(time), row(2 * time)];
    expect([...renderTable(wide(rows), PLAIN, 80)]).toEqual([...renderExpanded(wide(rows), PLAIN, 80)]);
    expect([...renderTable(wide(rows))]).toHaveLength(3);
    const lines = [...renderTable(wide(rows), PLAIN, 80)];
    expect(lines.filter((line) => line.startsWith("-[ "))).toHaveLength(2);
    const told = lines.filter((line) => line.startsWith("column_")).map((line) => line.split(/ +/));
    expect(told).toEqual(rows.flatMap((one) => Object.entries(one).map(([name, n]) => [name, String(n)])));
  });

  test("comes as the rows do", () => {
    let made = 0;
    function* many() {
      for (; made < 5000; made++) yield row(time);
    }
    const lines = renderTable(wide(many()), PLAIN, 80)[Symbol.iterator]();
    lines.next();
    expect(made).toBeLessThan(2000);
  });

  test("goes on below where a value is too long, and stays within the line", () => {
    const key = `a ${"x".repeat(300)} end`;
    const [rule, ...lines] = renderExpanded(section([{ key, bytes: 1 }]), PLAIN, 60);
    expect(rule).toBe("-[ 1 ]".padEnd(40, "-"));
    expect(lines.at(-1)).toBe("Memory  1B");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    const value = lines.slice(0, -1).map((line) => line.slice(8));
    expect(value.join("").replaceAll(" ", "")).toBe(key.replaceAll(" ", ""));
    expect([...renderExpanded(section([{ key, bytes: 1 }]))][1]).toBe(`Key     ${key}`);
  });

  test("keeps headings from leaving no room", () => {
    const long: Section = { ...wide([row(0)]), columns: [column("column_0", "h".repeat(200), "number")] };
    expect([...renderExpanded(long, PLAIN, 50)][1]).toMatch(/^h+…h+ {2}0$/);
  });

  test("has what is left out, the sum and the notes, and says when there is nothing", () => {
    const two = [
      { key: "a", bytes: 1024 },
      { key: "b", bytes: 1024 },
    ];
    const all: Section = { ...section(two), rest: { key: "(1 more)", bytes: 1024 }, notes: ["so"] };
    const lines = [...renderExpanded(all)];
    expect(lines.slice(6)).toEqual([
      "-[ (1 more) ]".padEnd(40, "-"),
      "Memory  1.00K",
      "-[ total ]".padEnd(40, "-"),
      "Memory  3.00K",
      "note: so",
    ]);
    expect([...renderExpanded(section([]))]).toEqual(["(nothing)"]);
  });
});
