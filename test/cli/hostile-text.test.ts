import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FORMATS, type FormatName } from "../../src/reports/index.ts";
import { forbiddenIn, HOSTILE_NAMES, hostileSnapshot } from "../support/hostile-names.ts";
import { readCsv } from "../support/read-csv.ts";
import { SAMPLE } from "./run-cli.ts";
import { runInside } from "./run-inside.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-hostile-"));
/** A file name as hostile as what is in the file. */
const snapshot = path.join(folder, "=dump\x1b[31m\u202e\n@octocat <b>`|.rdb");
/** Limits that every key and pattern is beyond. */
const thresholds = path.join(folder, "thresholds.json");
const inventory = path.join(folder, "hostile\x1b[2J\u202e.sqlite");
const sample = path.join(folder, "sample.sqlite");

beforeAll(async () => {
  fs.writeFileSync(snapshot, hostileSnapshot());
  fs.writeFileSync(
    thresholds,
    JSON.stringify({
      "big-keys": { bytes: 0, elements: 0 },
      "heavy-patterns": { average_bytes: 0, min_keys: 1 },
      "key-explosion": { keys: 0 },
      "low-efficiency": { overhead_share: 0, memory_share: 0, min_keys: 1 },
      concentration: { keys_share: 1, min_keys: 1 },
      "long-names": { average_bytes: 0, heap_share: 0, min_keys: 1 },
      "hot-slots": { memory_share: 0, times_average: 0, min_keys: 1 },
    }),
  );
  expect((await runInside(["analyze", snapshot, "-o", inventory])).status).toBe(0);
  expect((await runInside(["analyze", SAMPLE, "-o", sample])).status).toBe(0);
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const sql = (text: string) => ["query", inventory, text];
/** Every command that shows names, without its format. */
const COMMANDS: readonly (readonly string[])[] = [
  ["summary", inventory],
  ["analyze", snapshot, "--force", "-o", path.join(folder, "again\x1b.sqlite")],
  ["types", inventory],
  ["encodings", inventory],
  ["patterns", inventory, "-l", "1000"],
  ["patterns", inventory, "--key", "*\u202e*"],
  ["ttl", inventory],
  ["bigkeys", inventory, "-l", "1000"],
  ["doctor", inventory, "-l", "1000", "--thresholds", thresholds],
  ["doctor", inventory],
  ["doctor", "--list"],
  ["explain", inventory, HOSTILE_NAMES.at(-3)!.toString()],
  ["explain", inventory, "list\x1b"],
  ["explain", snapshot, '"\\xff\\x00A\\\\"'],
  ["compare", snapshot, "--profiles", "redis-7.2,valkey-9.1", "-l", "1000"],
  ["compare", snapshot, "--target", "redis-7.2 name=a\x1b[31m\u202e", "--profiles", "redis-6.2"],
  ["trend", inventory, "-l", "1000", "--file-times", "--maxmemory", "1gb"],
  ["diff", sample, inventory, "--allow-mixed", "-l", "1000"],
  ["diff", inventory, sample, "--allow-mixed", "--by", "pattern"],
  ["verify", snapshot],
  ["verify", inventory],
  sql("SELECT * FROM keys"),
  sql("SELECT * FROM big_keys"),
  ["query", inventory, "top-keys", "--param", "limit=1000"],
  sql("SELECT * FROM aux_fields"),
  sql("SELECT * FROM functions"),
  sql("SELECT * FROM warnings"),
  sql("SELECT * FROM snapshots"),
  sql("SELECT key AS \"\x1b[31m\u202e|`@octocat`\", CAST(key AS BLOB) AS '__proto__' FROM keys"),
];
const titled = COMMANDS.map(
  (args) => [args.slice(0, 1).concat(args.slice(2)).join(" ").slice(0, 60), args] as const,
);

/** Commands whose JSON is one document, and NDJSON the rows or records that are in it. */
const DOCUMENTS: readonly string[] = ["trend"];

/** Colours and the like that reports may have on a terminal, and line ends. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a colour is
const STYLED = /\x1b\[(?:1|2|22|33|39)m|\n/g;

describe.each(titled)("%j", (_, args) => {
  const runs = new Map<FormatName, ReturnType<typeof runInside>>();
  /** What the command prints: it is run once a format. */
  const printed = (format: FormatName) => {
    const run = runs.get(format) ?? runInside([...args, "--format", format]);
    runs.set(format, run);
    return run;
  };

  test.each(Object.keys(FORMATS) as FormatName[])(
    "prints nothing that a terminal obeys, as %s",
    async (format) => {
      const { status, stdout, stderr } = await printed(format);
      expect(stderr.toString()).not.toMatch(/a bug of rdbscope/);
      expect([0, 3]).toContain(status);
      expect(stdout.length).toBeGreaterThan(10);
      expect(forbiddenIn(stdout, format === "csv" ? /\r\n/g : /\n/g)).toEqual([]);
      expect(forbiddenIn(stderr)).toEqual([]);
    },
  );

  test("prints no colours but its own on a terminal, in lines that fit", async () => {
    const { stdout } = await runInside(args, true);
    expect(forbiddenIn(stdout, STYLED)).toEqual([]);
  });

  test("prints Markdown in which nothing is markup", async () => {
    const { stdout } = await printed("markdown");
    expect(activeMarkup(stdout.toString())).toEqual([]);
  });

  test("prints CSV in which no text is a formula", async () => {
    const { stdout } = await printed("csv");
    const records = readCsv(stdout.toString());
    expect(new Set(records.map((record) => record.length)).size).toBe(1);
    expect(records.flat().filter((field) => /^\s*[=+@＝＋－＠\t\r]|^\s*-(?![\d.]+$)/.test(field))).toEqual(
      [],
    );
    for (const piece of stdout.toString().split(/[;\r\n]/)) expect(piece).not.toMatch(/^["\s]*[=+@＝＋－＠]/);
  });

  test("prints JSON that parses", async () => {
    const { stdout } = await printed("json");
    const lines = await printed("ndjson");
    const rows: unknown = JSON.parse(stdout.toString());
    const timeless = (value: unknown) => JSON.stringify(value).replace(/"analyzed_at":\d+/g, "");
    const parsed = lines.stdout
      .toString()
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    if (DOCUMENTS.includes(args[0]!)) expect(parsed.length).toBeGreaterThan(10);
    else expect(timeless(parsed)).toBe(timeless(rows));
  });
});

/** Lines of GitHub Markdown in which, outside of code, something would be more than text; or rows with cells too many. */
function activeMarkup(text: string): string[] {
  const lines = text.split("\n").filter((line) => !line.startsWith("    "));
  let cells = 0;
  return lines.filter((line) => {
    const prose = line
      .replace(/`[^`]*`/g, "")
      // A wildcard parts what stands around it: `:*/*/` holds no `://`.
      .replaceAll("\\*", "\u00b7")
      .replace(/\\[!-/:-@[-`{-~]/g, "")
      .replace(/^#+ |^\*\*|\*\*$/g, "");
    const bars = (line.match(/(?<!\\)\|/g) ?? []).length;
    if (!line.startsWith("|")) cells = 0;
    else if (cells === 0) cells = bars;
    const active = /[`<>&[\]_~!#$@]|:\/\/|www\.|\bGH-\d|\b(?=\d*[a-f])[0-9a-f]{7,40}\b/i.test(
      prose.replaceAll(/:?-+:?/g, ""),
    );
    return active || (cells > 0 && bars !== cells);
  });
}

/** The bytes of names as the formats carry them, in order. */
const sorted = (names: readonly (string | Buffer)[]) =>
  names.map((name) => Buffer.from(name).toString("hex")).sort();
const KEYS = sql("SELECT key, bytes FROM keys WHERE type = 'string'");

describe("every name comes back, byte for byte,", () => {
  const unescaped = (field: string) => {
    const text = Buffer.from(field, "utf8").toString("latin1");
    const bytes = text.replace(/\\\\|\\x([0-9A-F]{2})/g, (all, digits?: string) =>
      digits === undefined ? all.slice(1) : String.fromCharCode(Number.parseInt(digits, 16)),
    );
    return Buffer.from(bytes, "latin1");
  };

  /** A cell that people read: an empty name is seen as two quotes. */
  const fromCell = (cell: string) => unescaped(cell === '""' ? "" : cell);

  test.each(["json", "ndjson"])("from %s, where text that looks like binary is text", async (format) => {
    const { stdout } = await runInside([...KEYS, "--format", format]);
    const text = stdout.toString();
    const rows = (
      format === "json"
        ? JSON.parse(text)
        : text
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line))
    ) as {
      key: string | { base64: string };
    }[];
    const names = rows.map(({ key }) => (typeof key === "string" ? key : Buffer.from(key.base64, "base64")));
    expect(sorted(names)).toEqual(sorted(HOSTILE_NAMES));
    expect(names).toContain('{"base64":"/wBBXA=="}');
  });

  test("from CSV", async () => {
    const { stdout } = await runInside([...KEYS, "--format", "csv"]);
    const [head, ...records] = readCsv(stdout.toString());
    expect(head).toEqual(["key", "bytes"]);
    expect(sorted(records.map(([key]) => unescaped(key!.replace(/^'/, ""))))).toEqual(sorted(HOSTILE_NAMES));
  });

  test("from Markdown", async () => {
    const { stdout } = await runInside([...KEYS, "--format", "markdown"]);
    const rows = stdout.toString().trimEnd().split("\n").slice(2);
    const names = rows.map((row) => fromCell(/^\| `(.*)` \|/.exec(row)![1]!));
    expect(sorted(names)).toEqual(sorted(HOSTILE_NAMES));
  });

  test("from a table", async () => {
    const { stdout } = await runInside([...KEYS]);
    const rows = stdout.toString().trimEnd().split("\n").slice(1);
    const names = rows.map((row) => fromCell(row.replace(/ +\d+$/, "")));
    const trimmed = HOSTILE_NAMES.map((name) => (typeof name === "string" ? name.trimEnd() : name));
    expect(sorted(names)).toEqual(sorted(trimmed));
  });
});

describe("--raw-csv", () => {
  test("leaves texts as they are, in whole cells", async () => {
    const { stdout } = await runInside([...KEYS, "--format", "csv", "--raw-csv"]);
    const [, ...records] = readCsv(stdout.toString());
    const names = records.map(([key]) => key!);
    const texts = HOSTILE_NAMES.filter(
      (name): name is string => typeof name === "string" && !name.includes("\0"),
    );
    expect(texts.filter((name) => !names.includes(name))).toEqual([]);
    expect(names).toContain("\\xFF\\x00A\\\\");
  });

  test.each([
    ["summary", snapshot],
    ["compare", snapshot, "--profiles", "redis-7.2,redis-6.2"],
    ["explain", inventory, "=1+1".padStart(5, "\t")],
  ])("is what %s has too", async (...args) => {
    const { status, stdout } = await runInside([...args, "--format", "csv", "--raw-csv"]);
    expect(status).toBe(0);
    expect(forbiddenIn(stdout, /\r\n/g)).not.toEqual([]);
    expect(readCsv(stdout.toString()).length).toBeGreaterThan(1);
  });

  test("is for CSV, and not for terminals", async () => {
    const wrong = await runInside(["types", inventory, "--raw-csv", "--format", "json"]);
    expect([wrong.status, wrong.stderr.toString()]).toEqual([2, "rdbscope: --raw-csv needs --format csv\n"]);
    const shown = await runInside(["types", inventory, "--raw-csv", "--format", "csv"], true);
    expect([shown.status, shown.stderr.toString()]).toEqual([
      2,
      expect.stringMatching(/a terminal would obey/),
    ]);
  });
});

describe("stderr", () => {
  const evil = "\x1b[31m\u202e\nrdbscope: forged";
  const cases: readonly (readonly string[])[] = [
    ["summary", `${snapshot}${evil}`],
    ["analyze", snapshot, "-o", path.join(folder, `no-such${evil}`, "a.sqlite")],
    ["types", inventory, `--${evil}`],
    [evil],
    ["types", inventory, "--format", evil],
    ["types", inventory, "--key", `(${evil}`, "--regex"],
    ["explain", inventory, evil],
    ["explain", snapshot, evil],
    ["query", inventory, `SELECT "${evil}" FROM`],
    ["types", inventory, "--config", evil],
    ["compare", snapshot, "--target", evil],
    ["verify", snapshot, "--max-expanded", evil],
    ["types", inventory, "--hash-keys-secret-file", evil],
    ["types", snapshot, "--hash-keys-secret-file", evil],
  ];
  test.each(cases.map((args) => [args] as const))("of %j is one line of plain text", async (args) => {
    const { status, stderr } = await runInside(args);
    expect([2, 4]).toContain(status);
    expect(forbiddenIn(stderr)).toEqual([]);
    expect(stderr.toString()).toMatch(/^rdbscope: .+\n$/);
  });

  test("tells damage behind a hostile key in one line", async () => {
    const cut = path.join(folder, "cut\x1b.rdb");
    const bytes = hostileSnapshot();
    bytes[bytes.length - 9] = 200; // the EOF opcode becomes one that is none
    fs.writeFileSync(cut, bytes);
    const { status, stderr } = await runInside(["types", cut]);
    expect(status).toBe(3);
    expect(forbiddenIn(stderr)).toEqual([]);
    expect(stderr.toString()).toMatch(/^rdbscope: .+\n$/);
  });
});
