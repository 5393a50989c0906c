import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { PassThrough, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { complete } from "../../src/cli/prompt/completion.ts";
import { History } from "../../src/cli/prompt/history.ts";
import { type AskStatement, runPrompt } from "../../src/cli/prompt/prompt.ts";
import { firstStatement, onOneLine } from "../../src/cli/prompt/split.ts";
import { UsageError } from "../../src/errors.ts";
import { writeInventory } from "../queries/small-inventory.ts";

let folder: string;
let inventory: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-prompt-test-"));
  inventory = path.join(folder, "small.sqlite");
  writeInventory(inventory);
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const historyIn = (state: string) => path.join(state, "rdbscope", "query-history");

/** A prompt on a terminal that is none; `ask` answers in the place of a process. */
function open(ask: AskStatement, { history = true, state = path.join(folder, "state") } = {}) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  let [shown, told] = ["", ""];
  const sink = (onText: (text: string) => void) =>
    new Writable({
      write(chunk: Buffer, _, done) {
        onText(chunk.toString());
        done();
      },
    });
  const stdout = Object.assign(
    sink((text) => (shown += text)),
    { isTTY: true, columns: 100 },
  );
  const stderr = sink((text) => (told += text));
  const cli = { stdin, stdout, stderr, env: { XDG_STATE_HOME: state }, status: 0, outputError: undefined };
  const options = { path: inventory, name: "small", format: "table", color: false, history } as const;
  const warn = (message: string) => (told += `${message}\n`);
  const ended = runPrompt(cli, { ...options, warn }, ask);
  const until = async (test: () => boolean) => {
    for (let i = 0; !test() && i < 2000; i++) await new Promise((go) => setTimeout(go, 5));
    expect(test(), `${shown}\n---\n${told}`).toBe(true);
  };
  const type = async (text: string, expected: RegExp) => {
    const [before, beforeTold] = [shown.length, told.length];
    stdin.write(text);
    await until(() => expected.test(shown.slice(before) + told.slice(beforeTold)));
  };
  return { stdin, ended, type, until, shown: () => shown, told: () => told };
}

/** Remembers what was asked. */
function recorder() {
  const asked: string[] = [];
  const ask: AskStatement = async (statement, format) => {
    asked.push(`${statement.question ?? statement.sql} ${JSON.stringify(statement.params)} ${format}`);
  };
  return { asked, ask };
}

describe("the prompt", () => {
  test("takes statements of many lines, several in a line, and named questions", async () => {
    const { asked, ask } = recorder();
    const { stdin, ended, told } = open(ask);
    stdin.end(
      "SELECT ';' AS a, -- not yet;\n  1\n\n;\nselect 1; select 2;\nkeys-like glob='a b*' limit=3\n.format csv\nslots;\n" +
        "select 'never ended\n",
    );
    await ended;
    expect(asked).toEqual([
      "SELECT ';' AS a, -- not yet;\n  1 {} table",
      "select 1 {} table",
      "select 2 {} table",
      'keys-like {"glob":"a b*","limit":3} table',
      'slots {"limit":20} csv',
    ]);
    expect(told()).toBe("rdbscope: small: 6 keys of 1 snapshot; .help tells what can be asked\n");
  });

  test("tells an error in a line, and goes on", async () => {
    const ask: AskStatement = async ({ sql }) => {
      throw new UsageError(`SQL: no ${sql}`);
    };
    const { stdin, ended, told } = open(ask);
    stdin.end(
      "select 1;\nselect 2;\nselect 1;\nquit\nHELP;\nnonsense\ntop-keys limit=many\n.nonsense\n.format xml\n.schema nothing\n",
    );
    await ended;
    expect(told().split("\n").slice(1, -1)).toEqual([
      "rdbscope: SQL: no select 1",
      "rdbscope: SQL: no select 2",
      "rdbscope: SQL: no select 1",
      "rdbscope: there is no question quit: did you mean .quit?",
      "rdbscope: there is no question HELP: did you mean .help?",
      expect.stringMatching(/^rdbscope: there is no question nonsense/),
      expect.stringMatching(/^rdbscope: --param limit: "many" is not a whole number/),
      "rdbscope: there is no .nonsense: .help names all",
      expect.stringMatching(/^rdbscope: xml is not one of table, /),
      expect.stringMatching(/^rdbscope: there is no table or view nothing/),
    ]);
  });

  test("has words of its own", async () => {
    const { ask } = recorder();
    const { stdin, type, ended } = open(ask);
    await type(".tables\n", /keys +view +A row a key/);
    await type(".schema slots\n", /slot +INTEGER +0-16383/);
    await type(".questions\n", /top-patterns +the patterns with the most memory/);
    await type(".questions slots\n", /times_mean/);
    await type(".format\n", /table/);
    await type(".help\n", /\.quit +ends/);
    stdin.write("\t");
    await type("\t", /SELECT/);
    stdin.write(".quit\n");
    await ended;
  });

  test("Ctrl-C cancels the statement that runs, and else what is typed", async () => {
    const asked: string[] = [];
    const ask: AskStatement = async ({ sql }, _, signal) => {
      asked.push(sql);
      if (sql !== "select 1") return;
      await once(signal, "abort");
      throw new Error("killed");
    };
    const { stdin, type, until, ended, told } = open(ask);
    stdin.write("select 1;\n");
    await until(() => asked.length === 1);
    stdin.write("\x03");
    await until(() => /the statement was cancelled/.test(told()));
    stdin.write("select abc\n");
    await type("from", /from/);
    await type("\x03", /\^C/);
    stdin.write("select 2;\n");
    await until(() => asked.length === 2);
    expect(asked).toEqual(["select 1", "select 2"]);
    stdin.write("\x04");
    await ended;
  });

  test("completes what is begun, and recalls statements whole", async () => {
    const { asked, ask } = recorder();
    const { stdin, until, ended } = open(ask);
    for (const piece of ["select path fr", "\t", "o", "m snap", "\t", "s;", "\n"]) {
      stdin.write(piece);
      await new Promise((go) => setTimeout(go, 20));
    }
    await until(() => asked.length === 1);
    stdin.write("select 1,\n2;\n");
    await until(() => asked.length === 2);
    stdin.write("\x1b[A");
    await new Promise((go) => setTimeout(go, 20));
    stdin.write("\n");
    await until(() => asked.length === 3);
    stdin.end();
    await ended;
    expect(asked[0]).toBe("select path from snapshots {} table");
    expect(asked.slice(1)).toEqual(["select 1,\n2 {} table", "select 1, 2 {} table"]);
  });

  test("keeps a history that only its owner reads, and none with --no-history", async () => {
    const state = path.join(folder, "state");
    const { ask } = recorder();
    const first = open(ask, { state });
    first.stdin.end("select 1, -- a\n 2;\nselect 1, 2;\nslots\n");
    await first.ended;
    const file = historyIn(state);
    expect(fs.readFileSync(file, "utf8")).toBe("select 1, 2;\nslots\n");
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(fs.statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    const second = open(ask, { state, history: false });
    second.stdin.end("select 3;\n");
    await second.ended;
    expect(fs.readFileSync(file, "utf8")).not.toContain("3");
  });

  test("says once that no history can be kept", async () => {
    const { asked, ask } = recorder();
    const state = path.join(folder, "a-file");
    fs.writeFileSync(state, "");
    const { stdin, ended, told } = open(ask, { state });
    stdin.end("select 1;\nselect 2;\n");
    await ended;
    expect(asked).toHaveLength(2);
    expect(told().match(/cannot keep the history in /g)).toHaveLength(1);
  });
});

describe("statements", () => {
  test.each([
    ["select 1; x", "select 1", " x"],
    [
      "select ';', \"a;b\", [c;d], `e;f` -- g;\n/* h; */;",
      "select ';', \"a;b\", [c;d], `e;f` -- g;\n/* h; */",
      "",
    ],
    ["select 'it''s;';", "select 'it''s;'", ""],
    [";", "", ""],
  ])("%j ends", (typed, statement, rest) => expect(firstStatement(typed)).toEqual({ statement, rest }));

  test.each(["select 1", "select ';", "select 1 -- ;", "/* ;", 'select "a;'])(
    "%j does not end yet",
    (typed) => expect(firstStatement(typed)).toBeUndefined(),
  );

  test("become a line that means the same, or none", () => {
    expect(onOneLine("select 1, -- one;\n  'a  --b' /* c\nd */ x")).toBe("select 1, 'a  --b' x");
    expect(onOneLine("select 'a\nb'")).toBeUndefined();
  });
});

test.each([
  ["select key from sna", true, ["snapshots", "snapshot_rows"], "sna"],
  ["SELECT heap_b", false, ["heap_bytes"], "heap_b"],
  [
    "SELECT k.expi",
    false,
    ["expires_at", "expired", "expired_keys", "expired_bytes", "expired_heap_bytes"],
    "expi",
  ],
  ["sel", true, ["select"], "sel"],
  ["SEL", false, ["SELECT"], "SEL"],
  ["top-p", true, ["top-patterns"], "top-p"],
  ["top-patterns li", true, ["limit="], "li"],
  [".sch", true, [".schema"], ".sch"],
  [".schema slo", true, ["slot_owners", "slots"], "slo"],
  [".format nd", true, ["ndjson"], "nd"],
  ["SELECT ", true, [], ""],
])("completion of %j", (line, isFirst, candidates, begun) => {
  const [found, there] = complete(line, isFirst, [".schema", ".format"]);
  expect(there).toBe(begun);
  expect(found.sort()).toEqual([...candidates].sort());
});

describe("the file of the history", () => {
  const never = (message: string) => expect.unreachable(message);

  test("is bounded, and without what a terminal would obey", () => {
    const file = path.join(folder, "h", "query-history");
    fs.mkdirSync(path.dirname(file));
    fs.writeFileSync(
      file,
      `${Array.from({ length: 3000 }, (_, i) => `select ${i};`).join("\n")}\n\x1b[2Jselect 1;\n`,
    );
    const { entries } = new History(file, never);
    expect(entries).toHaveLength(1000);
    expect(entries[0]).toBe("select 2999;");
    expect(fs.readFileSync(file, "utf8").trim().split("\n")).toHaveLength(1000);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(fs.readdirSync(path.dirname(file))).toEqual(["query-history"]);
  });

  test.skipIf(process.platform === "win32")("is not waited for when it is a pipe", async () => {
    const file = path.join(folder, "pipe");
    await once(spawn("mkfifo", [file]), "close");
    const told: string[] = [];
    new History(file, (message) => told.push(message)).add("select 1;");
    expect(told).toEqual([`cannot keep the history in ${file}: it is no file`]);
  });
});

/** Runs the CLI on a terminal of its own. */
const SCRIPT = "/usr/bin/script";
describe.skipIf(process.platform !== "linux" || !fs.existsSync(SCRIPT))("on a real terminal", () => {
  test("statements are answered by processes of their own, and Ctrl-C ends one", async () => {
    const bin = fileURLToPath(new URL("../../bin/rdbscope.js", import.meta.url));
    const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    const child = spawn(
      SCRIPT,
      ["-qec", `"${process.execPath}" "${bin}" query "${inventory}"`, "/dev/null"],
      {
        env: { ...process.env, XDG_STATE_HOME: path.join(folder, "state"), TERM: "xterm", COLUMNS: "100" },
      },
    );
    let shown = "";
    child.stdout.on("data", (text) => (shown += text));
    const says = async (text: string, expected: RegExp) => {
      const before = shown.length;
      child.stdin.write(text);
      for (let i = 0; !expected.test(shown.slice(before)) && i < 3000; i++)
        await new Promise((go) => setTimeout(go, 10));
      expect(shown.slice(before)).toMatch(expected);
    };
    await says("", /rdbscope> /);
    await says("SELECT type,\ncount(*) AS n FROM keys GROUP BY 1;\n", /hash +2[\s\S]*rdbscope> /);
    await says("DELETE FROM slots;\n", /only statements that return rows[\s\S]*rdbscope> /);
    child.stdin.write(`${endless};\n`);
    const pids = () => fs.readdirSync("/proc").filter((pid) => isQueryOf(pid, child.pid!));
    for (let i = 0; pids().length === 0 && i < 1000; i++) await new Promise((go) => setTimeout(go, 10));
    expect(pids()).not.toEqual([]);
    await says("\x03", /cancelled[\s\S]*rdbscope> /);
    expect(pids()).toEqual([]);
    await says("top-keys limit=1\n", /user:2[\s\S]*rdbscope> /);
    child.stdin.write("\x04");
    const [status] = await once(child, "close");
    expect(status).toBe(0);
  });
});

/** Whether a process is one that answers a query, below another one. */
function isQueryOf(pid: string, ancestor: number): boolean {
  try {
    if (!fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("query-process")) return false;
    for (let one = Number(pid); one > 1; ) {
      if (one === ancestor) return true;
      one = Number(/^PPid:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${one}/status`, "utf8"))![1]);
    }
  } catch {
    // It ended meanwhile.
  }
  return false;
}
