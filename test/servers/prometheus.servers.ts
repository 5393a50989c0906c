import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { SAMPLE } from "../cli/run-cli.ts";
import { runInside } from "../cli/run-inside.ts";
import { hostileSnapshot } from "../support/hostile-names.ts";

/** Prometheus's own checker: Debian has it in the package promtool, or prometheus. */
const PROMTOOL = process.env.PROMTOOL ?? "promtool";
const RULES = path.resolve(import.meta.dirname, "../../docs/prometheus/rdbscope.rules.yml");
const TESTS = path.resolve(import.meta.dirname, "prometheus/rules.test.yml");

function promtool(args: readonly string[], input?: Buffer) {
  const { error, status, stdout, stderr } = spawnSync(PROMTOOL, args, { input, encoding: "utf8" });
  if (error !== undefined)
    throw new Error(`${PROMTOOL} cannot be run (${error.message}): install it, or set PROMTOOL`);
  return { status, told: `${stdout}${stderr}` };
}

describe("promtool", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-promtool-"));
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
  const hostile = path.join(folder, "hostile.rdb");
  fs.writeFileSync(hostile, hostileSnapshot());

  it.each([
    ["the sample", [SAMPLE, "--maxmemory", "4gb", "--label", 'server=a"\\b']],
    ["one pattern and all others", [SAMPLE, "-l", "1"]],
    ["a sample of keys", [SAMPLE, "--sample", "0.2"]],
    ["a part of the keys", [SAMPLE, "-t", "hash"]],
    ["hashed names", [SAMPLE, "--hash-keys"]],
    ["hostile names", [hostile, "-l", "1000"]],
  ])("accepts metrics of %s, and has nothing to lint", async (_, args) => {
    const { stdout } = await runInside(["export", ...args, "--prometheus", "--quiet"]);
    expect(stdout.length).toBeGreaterThan(1000);
    expect(promtool(["check", "metrics"], stdout)).toEqual({ status: 0, told: "" });
  });

  it("would say what is wrong", () => {
    expect(promtool(["check", "metrics"], Buffer.from("rdbscope_x{a=b} 1\n")).status).not.toBe(0);
    const unnamed = Buffer.from("# TYPE rdbscope_x_total gauge\nrdbscope_x_total 1\n");
    expect(promtool(["check", "metrics"], unnamed).status).not.toBe(0);
  });

  it("accepts the alerts", () => {
    const { status, told } = promtool(["check", "rules", RULES]);
    expect([status, told]).toEqual([0, expect.stringContaining("SUCCESS: 10 rules found")]);
  });

  it("finds that each alert fires when it shall, and not before", () => {
    expect(promtool(["test", "rules", TESTS])).toEqual({
      status: 0,
      told: expect.stringContaining("SUCCESS"),
    });
  });
});
