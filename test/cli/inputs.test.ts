import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import zlib from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { vcs } from "../support/wrap.ts";
import { type Ran, runCli, SAMPLE, start } from "./run-cli.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-cli-inputs-"));
const temp = path.join(folder, "temp");
fs.mkdirSync(temp);
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const sample = fs.readFileSync(SAMPLE);
const gz = path.join(folder, "sample.rdb.gz");
const cut = path.join(folder, "cut.rdb.gz");
fs.writeFileSync(gz, zlib.gzipSync(sample));
fs.writeFileSync(cut, zlib.gzipSync(sample).subarray(0, 50_000));

/** Runs the CLI with something on its standard input. */
function piped(args: readonly string[], input: Uint8Array): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = start([...args, "--temp-dir", temp]);
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.stdin.on("error", () => {}); // It need not read all of it.
    child.stdin.end(input);
    child.on("error", reject).on("close", (status) => resolve({ status, stdout, stderr }));
  });
}

describe("the standard input", () => {
  test.each([
    ["-", sample],
    ["-", vcs(sample)],
    ["/dev/stdin", zlib.gzipSync(sample)],
  ])("%s is a snapshot", async (name, bytes) => {
    const ran = await piped(["types", name, "--format", "csv"], bytes);
    expect(ran).toEqual(await runCli(["types", SAMPLE, "--format", "csv"]));
    expect(fs.readdirSync(temp)).toEqual([]);
  });

  test.each([1, 5, 8, 9, 10])("that has %i bytes and is no snapshot is a line", async (bytes) => {
    const { status, stderr } = await piped(["summary", "-"], Buffer.alloc(bytes, "hello"));
    expect([status, stderr]).toEqual([3, expect.stringMatching(/^rdbscope: -: BAD_MAGIC.*\n$/)]);
  });

  test("that was analyzed has to be named for explain", async () => {
    const output = path.join(folder, "stdin.sqlite");
    expect((await piped(["analyze", "-", "-o", output], sample)).status).toBe(0);
    const ran = await runCli(["explain", output, "stream:orders"]);
    expect([ran.status, ran.stderr]).toEqual([
      2,
      "rdbscope: the snapshot was read from the standard input: say where it is with --snapshot-file FILE\n",
    ]);
    expect((await runCli(["explain", output, "stream:orders", "--snapshot-file", gz])).status).toBe(0);
  });

  test("that ends early, or is no snapshot, is damage", async () => {
    const early = await piped(["verify", "-"], zlib.gzipSync(sample).subarray(0, 1000));
    expect([early.status, early.stderr]).toEqual([3, expect.stringMatching(/truncated\), at byte 1000\n$/)]);
    const text = await piped(["types", "-"], Buffer.alloc(100_000, "text"));
    expect([text.status, text.stderr]).toEqual([3, expect.stringMatching(/^rdbscope: -: BAD_MAGIC.*\n$/)]);
    expect(fs.readdirSync(temp)).toEqual([]);
  });
});

describe("inputs that cannot be read end with one line", () => {
  test.each([
    [3, ["summary", cut], /^rdbscope: .*: BAD_COMPRESSION: .*gzip: .*truncated\), at byte 50000\n$/],
    [4, ["types", gz, "--max-expanded", "1K"], /becomes more than 1024 bytes .*--max-expanded SIZE\n$/],
    [2, ["types", gz, "--max-expanded", "much"], /^rdbscope: --max-expanded: "much" is not a size/],
    [2, ["types", folder], /is a directory with no AOF manifest in it: give a snapshot, or \S+\n$/],
    [2, ["explain", `${folder}/*.gz`, "x"], /matches 2 files: give one of them\n$/],
    [4, ["types", `${folder}/*.zip`], /^rdbscope: no file matches .*\n$/],
    [
      4,
      ["types", gz, "--temp-dir", path.join(folder, "none")],
      /^rdbscope: cannot make a temporary folder.*\n$/,
    ],
    [
      4,
      ["verify", gz, "--temp-dir", path.join(folder, "none")],
      /^rdbscope: cannot write in .*no such file or folder.*\n$/,
    ],
  ])("%i: %j", async (status, args, message) => {
    const ran = await runCli(args);
    expect(ran).toMatchObject({ status, stdout: "" });
    expect(ran.stderr).toMatch(message);
  });
});

test("a glob that no shell expanded is several snapshots", async () => {
  const many = path.join(folder, "many");
  fs.mkdirSync(many);
  for (const name of ["a.gz", "b.gz"]) fs.copyFileSync(gz, path.join(many, name));
  const ran = await runCli(["types", path.join(many, "*.gz"), "--format", "ndjson"]);
  expect(ran.status).toBe(0);
  const snapshots = ran.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).snapshot);
  expect([...new Set(snapshots)]).toEqual([1, 2]);
});

test("Ctrl-C while nothing comes leaves nothing", async () => {
  const child = start(["types", "-", "--temp-dir", temp]);
  child.stdin.write(sample.subarray(0, 1000));
  while (!fs.readdirSync(temp).some((name) => name.endsWith("-input"))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill("SIGINT");
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(130);
  expect(fs.readdirSync(temp)).toEqual([]);
});
