import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { forbiddenIn, hostileSnapshot } from "../support/hostile-names.ts";
import { SAMPLE } from "./run-cli.ts";
import { runInside } from "./run-inside.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-cli-report-"));
const at = (name: string) => path.join(folder, name);
const home = process.cwd();
const inventory = at("sample.sqlite");

beforeAll(async () => {
  expect((await runInside(["analyze", SAMPLE, "-o", inventory, "--quiet"])).status).toBe(0);
  fs.writeFileSync(at("hostile.rdb"), hostileSnapshot());
});
afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

const text = async (...args: string[]) => {
  const { status, stdout } = await runInside(["report", ...args]);
  expect(status).toBe(0);
  return stdout.toString();
};

describe("where a report goes", () => {
  it("is a file named after the input, here, for the page; it is told on stderr", async () => {
    process.chdir(folder);
    const ran = await runInside(["report", inventory]).finally(() => process.chdir(home));
    expect(ran.stderr.toString()).toMatch(/^rdbscope: wrote sample\.sqlite\.html \(\d+\.\d\dK\)\n$/);
    expect(ran).toMatchObject({ status: 0, stdout: Buffer.alloc(0) });
    expect(fs.readFileSync(at("sample.sqlite.html"), "utf8")).toMatch(/^<!doctype html>/);
  });

  it("is no file that is there already, but with --force", async () => {
    fs.writeFileSync(at("there.html"), "mine");
    const refused = await runInside(["report", inventory, "-o", at("there.html")]);
    expect(refused.status).toBe(2);
    expect(fs.readFileSync(at("there.html"), "utf8")).toBe("mine");
    expect((await runInside(["report", inventory, "-o", at("there.html"), "--force"])).status).toBe(0);
    expect(fs.readFileSync(at("there.html"), "utf8")).toMatch(/^<!doctype html>/);
  });

  it("is never what is read, with --force neither", async () => {
    const before = fs.statSync(inventory);
    for (const args of [
      [inventory, "-o", inventory],
      [SAMPLE, "--baseline", inventory, "-o", inventory],
    ]) {
      const { status, stderr } = await runInside(["report", ...args, "--force"]);
      expect(status).toBe(2);
      expect(stderr.toString()).toContain("give another name");
    }
    expect(fs.statSync(inventory).mtimeMs).toBe(before.mtimeMs);
  });

  it("is stdout for -, and for other formats", async () => {
    expect(await text(inventory, "-o", "-")).toMatch(/^<!doctype html>/);
    expect(await text(inventory, "--format", "markdown")).toMatch(/^## Memory of /);
    expect(JSON.parse(await text(inventory, "--format", "json")).report_version).toBe(1);
  });

  it("has to be told for several snapshots", async () => {
    for (const name of ["one.rdb", "two.rdb"]) fs.copyFileSync(SAMPLE, at(name));
    const several = await runInside(["report", at("[ot]*.rdb")]);
    expect(several.status).toBe(2);
    expect(several.stderr.toString()).toContain("-o FILE");
  });

  it("is nowhere where it cannot be written", async () => {
    const { status, stderr } = await runInside(["report", inventory, "-o", at("no-such-folder/r.html")]);
    expect(status).toBe(4);
    expect(stderr.toString().trim().split("\n")).toHaveLength(1);
  });
});

describe("the markdown", () => {
  it("fits into a comment, whatever names there are, and holds nothing that is more than text", async () => {
    const markdown = await text(at("hostile.rdb"), "--format", "markdown", "--quiet");
    expect(markdown.length).toBeLessThan(30_000);
    expect(forbiddenIn(Buffer.from(markdown))).toEqual([]);
    const outsideCode = markdown.replace(/`[^`\n]*`/g, "");
    expect(outsideCode.replace(/<\/?sub>/g, "")).not.toMatch(/(?<!\\)<|@\w|https?:/);
  });

  it("tells changes, too", async () => {
    const markdown = await text(inventory, "--baseline", SAMPLE, "--format", "markdown", "--quiet");
    expect(markdown).toContain("## What changed");
    expect(markdown).toContain("keys 0");
  });
});

describe("wrong usage", () => {
  it.each([
    [["--format", "pdf"], "html, markdown, json"],
    [["--snapshot", "9"], "holds no snapshot 9"],
    [["--baseline", "no-such-file.rdb"], "no-such-file.rdb"],
    [["--profile", "redis-7.2"], "--profile is for snapshots"],
  ])("%j is one line", async (args, words) => {
    const { status, stderr } = await runInside(["report", inventory, ...args, "-o", at("never.html")]);
    expect([2, 4]).toContain(status);
    expect(stderr.toString().trim().split("\n")).toHaveLength(1);
    expect(stderr.toString()).toContain(words);
    expect(fs.existsSync(at("never.html"))).toBe(false);
  });

  it("options of how a snapshot is read are for the baseline where that is the snapshot", async () => {
    const markdown = await text(
      inventory,
      "--baseline",
      SAMPLE,
      "--profile",
      "redis-7.0",
      "--format",
      "markdown",
    );
    expect(markdown).toContain("redis-7.0");
  });
});
