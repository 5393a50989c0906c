import { execFile, execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";
import { SAMPLE } from "../cli/run-cli.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const UID = 10001;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-docker-"));
afterAll(() => {
  execFileSync("chmod", ["-R", "u+w", folder]);
  fs.rmSync(folder, { recursive: true, force: true });
});

/** A stage of the Dockerfile: the folder that stands for its root, and where it works in. */
interface Stage {
  readonly root: string;
  workdir: string;
}

type Step = readonly [instruction: string, text: string];

/** Instructions of the Dockerfile, lines that go on joined. */
function steps(): Step[] {
  const text = fs.readFileSync(path.join(ROOT, "Dockerfile"), "utf8").replace(/\\\n/g, " ");
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => /^(\w+) (.*)$/.exec(line)!.slice(1) as unknown as Step);
}

/** What `COPY . .` takes: what .dockerignore does not name. */
function context(): string {
  const ignored = fs.readFileSync(path.join(ROOT, ".dockerignore"), "utf8").trim().split("\n");
  const copy = path.join(folder, "context");
  const filter = (file: string) => {
    const name = path.relative(ROOT, file);
    return !ignored.some((one) => (one.startsWith("**/*") ? name.endsWith(one.slice(4)) : name === one));
  };
  fs.cpSync(ROOT, copy, { recursive: true, filter });
  return copy;
}

/** The last stage, and what is run in it. */
interface Built {
  readonly stage: Stage;
  readonly user: string;
  readonly entry: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Does the steps as `docker build` would, each stage in a folder of its own; what stands for `/` is put before absolute paths. */
async function build(): Promise<Built> {
  const stages = new Map<string, Stage>();
  const source: Stage = { root: context(), workdir: "/" };
  let stage = source;
  let user = "";
  let entry: string[] = [];
  let env: Record<string, string> = {};
  const inside = (of: Stage, name: string) => path.join(of.root, path.resolve(of.workdir, name));
  const does: Record<string, (text: string) => unknown> = {
    FROM: (text) => {
      const [, , , name = "last"] = text.split(" ").flatMap((word, i) => (i === 0 ? [word, ""] : [word]));
      stage = { root: path.join(folder, name), workdir: "/" };
      env = {};
      fs.mkdirSync(path.join(stage.root, "usr/local/bin"), { recursive: true });
      stages.set(name, stage);
    },
    WORKDIR: (text) => {
      stage.workdir = text;
      fs.mkdirSync(inside(stage, "."), { recursive: true });
    },
    COPY: (text) => {
      const words = text.split(" ");
      const from = words[0]!.startsWith("--from=") ? stages.get(words.shift()!.slice(7))! : source;
      const to = words.pop()!;
      for (const word of words) {
        const at = inside(from, word);
        const isInto = to.endsWith("/") && fs.statSync(at).isFile();
        fs.cpSync(at, inside(stage, isInto ? path.join(to, path.basename(word)) : to), {
          recursive: true,
          verbatimSymlinks: true,
        });
      }
    },
    RUN: (text) => {
      const command = text.replaceAll(/(?<=\s)\/(?=\w)/g, `${stage.root}/`);
      return promisify(execFile)("sh", ["-c", command], {
        cwd: inside(stage, "."),
        env: { ...process.env, ...env },
      });
    },
    ENV: (text) => {
      const [name, value] = text.split("=");
      env[name!] = value!;
    },
    USER: (text) => {
      user = text;
    },
    ENTRYPOINT: (text) => {
      entry = JSON.parse(text);
    },
  };
  for (const [instruction, text] of steps()) await does[instruction]!(text);
  return { stage, user, entry, env };
}

it("the Dockerfile's steps make a command that a user runs who may write nowhere else", {
  timeout: 600_000,
}, async () => {
  const { stage, user, entry, env } = await build();
  expect(user).toBe(`${UID}:${UID}`);
  expect(fs.readdirSync(path.join(stage.root, "app")).sort()).toEqual(
    ["LICENSE", "bin", "dist", "node_modules", "package.json"].sort(),
  );
  // Only what runs: no tools, no DuckDB.
  const packages = fs.readdirSync(path.join(stage.root, "app/node_modules"));
  expect(packages).toEqual(expect.arrayContaining(["better-sqlite3", "piscina"]));
  for (const name of ["vitest", "typescript", "@duckdb", "parquet-wasm"])
    expect(packages).not.toContain(name);

  execFileSync("chmod", ["-R", "a-w,a+rX", stage.root]);
  fs.chmodSync(folder, 0o755);
  const data = path.join(folder, "data");
  fs.mkdirSync(data);
  fs.copyFileSync(SAMPLE, path.join(data, "dump.rdb"));
  fs.chmodSync(path.join(data, "dump.rdb"), 0o644);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) fs.chownSync(data, UID, UID);
  const PATH = `${path.join(stage.root, "usr/local/bin")}:${process.env.PATH}`;
  const run = (...args: string[]) =>
    spawnSync(entry[0]!, [...entry.slice(1), ...args], {
      ...{ cwd: data, env: { ...env, PATH }, encoding: "utf8" },
      ...(isRoot && { uid: UID, gid: UID }),
    });
  const summary = run("summary", "dump.rdb");
  expect([summary.status, summary.stderr]).toEqual([0, ""]);
  expect(summary.stdout).toContain("3,264");
  const dataset = run("analyze", "dump.rdb", "--parquet", "dataset", "--cluster", "one", "--quiet");
  expect([dataset.status, dataset.stderr]).toEqual([0, ""]);
  expect(
    fs.existsSync(path.join(data, "dataset/keys/cluster=one/date=2026-11-21/node=dump/_manifest.json")),
  ).toBe(true);
  const asked = run("query", "dataset", "SELECT 1");
  expect(asked).toMatchObject({ status: 2, stdout: "" });
  expect(asked.stderr).toBe(
    "rdbscope: DuckDB is not installed: npm install @duckdb/node-api (with -g where rdbscope was installed so)\n",
  );
});
