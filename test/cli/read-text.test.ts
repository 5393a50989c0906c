import { execFileSync, spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readConfigFile } from "../../src/cli/config-file.ts";
import { readText } from "../../src/cli/read-text.ts";
import { readSecretFile } from "../../src/cli/secret-file.ts";
import { workFolder } from "../pipeline/support.ts";
import { runInside } from "./run-inside.ts";

const folder = workFolder();
const ENDLESS = "/dev/zero";
const MODEL = fs.readFileSync("docs/plan/model.example.yaml", "utf8");
const MIB = 1024 ** 2;

/** The command of its own process, so that it has a standard input. */
const planOf = (input: string | Buffer) =>
  spawnSync(
    process.execPath,
    [
      "--import",
      "tsx",
      "src/cli/main.ts",
      "plan",
      "--model",
      "-",
      "--profiles",
      "redis-7.2",
      "--format",
      "csv",
    ],
    { input, encoding: "utf8", timeout: 60_000 },
  );

describe.skipIf(!fs.existsSync(ENDLESS))("an endless file", () => {
  const sample = "fixtures/sample.rdb";

  it.each([
    ["plan", sample, "--catalogue", ENDLESS],
    ["plan", sample, "--scenario", ENDLESS],
    ["plan", sample, "--info", ENDLESS],
    ["plan", "--model", ENDLESS],
    ["plan", sample, "--config", ENDLESS],
    ["doctor", sample, "--info", ENDLESS],
    ["check", sample, "--policy", ENDLESS],
  ])("is refused: %s %s %s %s", async (...args) => {
    const { status, stderr } = await runInside(args.filter((one) => one !== undefined));
    expect(stderr.toString()).toMatch(/^rdbscope: \/dev\/zero is larger than \d+ MiB: it is no .+\n$/);
    expect(status).toBe(2);
  });

  it("is no secret either", () => {
    expect(() => readSecretFile(ENDLESS)).toThrow("/dev/zero is larger than 1 MiB: it is no secret");
  });
});

describe("the standard input", { timeout: 120_000 }, () => {
  it("is read as a file is, but no more than such a file may have", () => {
    const said = planOf(MODEL);
    expect([said.status, said.stderr.includes("cannot read")]).toEqual([0, false]);
    expect(said.stdout).toContain("data,redis-7.2,keys,bytes,");
    const long = planOf(Buffer.alloc(3 * MIB, "#"));
    expect([long.status, long.stderr]).toEqual([2, "rdbscope: - is larger than 1 MiB: it is no model\n"]);
  });
});

describe("a small file", () => {
  it("may be as long as it says, and not a byte longer", () => {
    const file = path.join(folder, "text");
    fs.writeFileSync(file, "x".repeat(MIB));
    expect(readText(file, MIB, "text")).toHaveLength(MIB);
    fs.appendFileSync(file, "x");
    expect(() => readText(file, MIB, "text")).toThrow("is larger than 1 MiB: it is no text");
  });

  it.skipIf(process.platform === "win32")("may be a pipe that is written to in pieces", async () => {
    const fifo = path.join(folder, "fifo");
    execFileSync("mkfifo", [fifo]);
    const writer = spawn("sh", ["-c", `{ printf 'maxmemory '; sleep 0.3; printf '5gb\\n'; } > '${fifo}'`]);
    const ended = new Promise((resolve) => writer.on("close", resolve));
    expect(readConfigFile(fifo)).toEqual({ maxmemory: "5gb" });
    await ended;
  });

  it("that is a folder, or not there, is told as such", () => {
    expect(() => readText(folder, 10, "text")).toThrow(`cannot read ${folder}: it is a folder`);
    expect(() => readText(path.join(folder, "none"), 10, "text")).toThrow("no such file or folder");
  });
});
