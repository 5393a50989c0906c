import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS, commandsFor } from "../../src/cli/commands.ts";
import { type CommandModel, commandModels } from "../../src/cli/completion/model.ts";
import { NAMED_QUESTIONS } from "../../src/queries/named/index.ts";
import { FORMATS } from "../../src/reports/index.ts";
import { runInside } from "./run-inside.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-completion-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const scripts: Record<string, string> = {};
let models: CommandModel[] = [];

beforeAll(async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const { stdout, status } = await runInside(["completion", shell]);
    expect(status).toBe(0);
    scripts[shell] = stdout.toString();
  }
  fs.writeFileSync(path.join(folder, "rdbscope.bash"), scripts.bash!);
  for (const name of ["dump one.rdb", "dump$(touch pwned).rdb", "dump*.rdb", "other.txt"])
    fs.writeFileSync(path.join(folder, name), "");
  fs.mkdirSync(path.join(folder, "dumps"));
  const root = new Command();
  const cli = {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: {},
    status: 0,
    outputError: undefined,
  };
  for (const make of await commandsFor([])) root.addCommand(make(cli));
  models = commandModels(root);
});

/** What a real bash offers for the last of these words. */
function completed(...words: string[]): string[] {
  const program = `source ./rdbscope.bash
    COMP_WORDS=(rdbscope "$@"); COMP_CWORD=$#
    _rdbscope
    for word in "\${COMPREPLY[@]}"; do printf '%s\\n' "$word"; done`;
  const text = execFileSync("bash", ["-uc", program, "bash", ...words], { cwd: folder, encoding: "utf8" });
  return text.split("\n").slice(0, -1);
}

const hasBash = fs.existsSync("/bin/bash") || fs.existsSync("/usr/bin/bash");

describe.runIf(hasBash)("completion in bash", () => {
  it("knows every command", () => {
    expect(completed("")).toEqual(Object.keys(COMMANDS));
    expect(completed("pa")).toEqual(["patterns", "pareto"]);
    expect(completed("--v")).toEqual(["--version"]);
  });

  it("knows every option of every command", () => {
    for (const { name, options } of models)
      expect(completed(name, "-")).toEqual(options.flatMap((one) => one.names));
    expect(completed("patterns", "x.rdb", "--so")).toEqual(["--sort"]);
    expect(completed("types", "--so")).toEqual([]);
  });

  it("knows values, of the command's own option", () => {
    expect(completed("export", "--keys", "")).toEqual(["csv", "ndjson"]);
    expect(completed("analyze", "--keys", "")).toEqual(["all", "none"]);
    expect(completed("ttl", "--by", "")).toEqual(["pattern"]);
    expect(completed("types", "--format", "nd")).toEqual(["ndjson"]);
    expect(completed("types", "--profile", "redis-7.2")).toEqual(["redis-7.2"]);
    expect(completed("types", "--workers", "")).toEqual([]);
  });

  it("knows values behind =, split there or not", () => {
    expect(completed("types", "--format", "=")).toEqual(Object.keys(FORMATS));
    expect(completed("types", "--format", "=", "c")).toEqual(["csv"]);
    expect(completed("types", "--format=c")).toEqual(["--format=csv"]);
  });

  it("goes on with lists", () => {
    expect(completed("types", "-t", "hash,z")).toEqual(["hash,zset"]);
    expect(completed("analyze", "--index=key,pat")).toEqual(["--index=key,pattern"]);
  });

  const dumps = ["dump one.rdb", "dump$(touch pwned).rdb", "dump*.rdb", "dumps"].sort();
  it("offers files where a file is due", () => {
    expect(completed("summary", "dump").sort()).toEqual(dumps);
    expect(completed("summary", "--format", "json", "dump").sort()).toEqual(dumps);
    expect(completed("summary", "--format", "=", "json", "dump").sort()).toEqual(dumps);
    expect(completed("analyze", "a", "b", "dump").sort()).toEqual(dumps);
    expect(completed("analyze", "--temp-dir", "dump")).toEqual(["dumps"]);
    expect(completed("doctor", "--info", "o")).toEqual(["other.txt"]);
  });

  it("knows questions that have names, behind the file, and their parameters", () => {
    expect(completed("query", "a.sqlite", "")).toEqual(Object.keys(NAMED_QUESTIONS));
    expect(completed("query", "a.sqlite", "settings-")).toEqual(["settings-savings"]);
    expect(completed("query", "a.sqlite", "top-keys", "")).toEqual([]);
    expect(completed("query", "a.sqlite", "top-keys", "--param", "lim")).toEqual(["limit="]);
    expect(completed("query", "a.sqlite", "top-keys", "--param", "snap")).toEqual(["snapshot="]);
  });

  it("offers none where none is", () => {
    expect(completed("summary", "a.rdb", "dump")).toEqual([]);
    expect(completed("query", "a.sqlite", "dump")).toEqual([]);
    expect(completed("nonsense", "dump")).toEqual([]);
  });

  it("runs nothing of what is typed", () => {
    for (const word of [
      "$(touch pwned)",
      "`touch pwned`",
      "a;touch pwned",
      "hash,$(touch pwned)",
      "*",
      "[a",
    ]) {
      for (const before of [
        ["summary"],
        ["types", "-t"],
        ["types", "--format", "="],
        ["analyze", "-o"],
        [word],
        [],
      ])
        completed(...before, word);
      completed("types", word, "--format", "");
    }
    expect(fs.existsSync(path.join(folder, "pwned"))).toBe(false);
  });
});

describe("values that are offered", () => {
  const fileOf = ({ arguments: all }: CommandModel) => all.map(() => path.join(folder, "none.rdb"));

  it("are accepted, and there are no others", async () => {
    for (const model of models) {
      for (const { names, value } of model.options) {
        if (value === undefined || value.kind === "file" || value.kind === "folder") continue;
        const flag = names.at(-1)!;
        const words =
          value.kind === "any" ? ["xyzzy"] : value.kind === "list" ? [value.words.join(",")] : value.words;
        for (const word of words) {
          const { stderr } = await runInside([model.name, ...fileOf(model), flag, word]);
          expect(stderr.toString(), `${model.name} ${flag} ${word}`).not.toMatch(
            /is not (?:one|a list) of (?!database)/,
          );
        }
        if (value.kind === "any") continue;
        const { status } = await runInside([model.name, ...fileOf(model), flag, "xyzzy:?"]);
        expect(status, `${model.name} ${flag}`).not.toBe(0);
      }
    }
  }, 120_000);
});

/** The words of a line of fish: in single quotes, \\ and \' are escapes. */
const fishWords = (line: string) => line.match(/(?:'(?:[^'\\]|\\['\\])*'|[^\s'])+/g)!;

describe("scripts for other shells", () => {
  it("tell zsh every command and option", () => {
    const { zsh } = scripts;
    expect(zsh!.startsWith("#compdef rdbscope\n")).toBe(true);
    const blocks = new Map(
      [...zsh!.matchAll(/^ {8}([a-z]+)\)\n([\s\S]*?)\n {10};;/gm)].map(([, name, block]) => [name!, block!]),
    );
    expect([...blocks.keys()]).toEqual(models.map(({ name }) => name));
    for (const { name, options, arguments: all } of models) {
      const lines = blocks.get(name)!.split("\n").slice(1);
      expect(lines).toHaveLength(options.length + all.length);
      for (const [i, { names, value }] of options.entries()) {
        const shown = names.map((one) =>
          value === undefined ? one : one.startsWith("--") ? `${one}=` : `${one}+`,
        );
        expect(lines[i]).toContain(shown.length > 1 ? `{${shown.join(",")}}'[` : `${shown[0]}[`);
        if (value?.kind === "word") {
          const words = value.words.join(" ");
          // No space shall follow what has to go on behind =.
          expect(lines[i]).toContain(
            words.endsWith("=") ? `:value: compadd -S "" -- ${words}'` : `:value:(${words})'`,
          );
        }
        if (value?.kind === "file") expect(lines[i]).toContain(":value:_files'");
      }
      for (const line of lines) expect(line.replaceAll("'\\''", "").match(/'/g)!.length % 2, line).toBe(0);
    }
  });

  it.runIf(hasBash)("are sound as far as bash can tell of zsh's", () => {
    expect(() =>
      execFileSync("bash", ["-n"], { input: scripts.zsh, stdio: ["pipe", "pipe", "pipe"] }),
    ).not.toThrow();
  });

  it("tell fish every command and option", () => {
    const lines = scripts.fish!.split("\n").filter((line) => line.startsWith("complete "));
    for (const line of lines) expect(fishWords(line).join(" "), line).toBe(line);
    for (const { name, options } of models) {
      const own = lines
        .map(fishWords)
        .filter((words) => words[4] === `'__fish_seen_subcommand_from ${name}'`);
      for (const { names, value } of options) {
        const long = names.at(-1)!.slice(2);
        const line = own.find((words) => words.some((word, i) => word === long && words[i - 1] === "-l"))!;
        expect(line, `${name} --${long}`).toBeDefined();
        if (value?.kind === "word") expect(line).toContain(`'${value.words.join(" ")}'`);
        expect(line.includes("-x") || line.includes("-r")).toBe(value !== undefined);
      }
    }
  });
});

it("refuses shells that it does not know", async () => {
  const { status, stderr } = await runInside(["completion", "tcsh"]);
  expect(status).toBe(2);
  expect(stderr.toString()).toMatch(/no completion for "tcsh": there is one for bash, zsh, fish/);
});
