import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli, SAMPLE } from "../cli/run-cli.ts";
import { hashValue, stringValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { columnOf, countOf, launch, open, textOf } from "./chromium.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-browser-kinds-"));
const at = (name: string) => path.join(folder, name);
let browser: Browser;

async function cli(...args: string[]): Promise<void> {
  expect(await runCli([...args, "--quiet"])).toMatchObject({ status: 0 });
}

/** A snapshot with so many sessions and users. */
function snapshot(sessions: number, users: number): Buffer {
  const writer = new RdbWriter("REDIS", 11)
    .aux("redis-ver", "7.2.6")
    .aux("ctime", String(1_750_000_000 + sessions));
  for (let i = 0; i < sessions; i++) writer.key(`session:${1e6 + i}`, stringValue("v".repeat(100)));
  for (let i = 0; i < users; i++) writer.key(`user:${1e6 + i}`, hashValue([["name", `n${i}`]]));
  return writer.end();
}

beforeAll(async () => {
  fs.writeFileSync(at("old.rdb"), snapshot(300, 500));
  fs.writeFileSync(at("new.rdb"), snapshot(900, 200));
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe("a report with a baseline", () => {
  it("tells what grew and what shrank, the largest change first", async () => {
    await cli("report", at("new.rdb"), "--baseline", at("old.rdb"), "-o", at("changes.html"));
    const { page, faults } = await open(browser, at("changes.html"));
    expect(await columnOf(page, "Changes by pattern", "Pattern")).toEqual(["session:*", "user:*"]);
    expect((await columnOf(page, "Changes by pattern", "Keys")).map(countOf)).toEqual([600, -300]);
    const bars = page.locator("#changes .panel").first().locator(".diverging .fill");
    expect(await bars.nth(0).getAttribute("class")).toContain("grown");
    expect(await bars.nth(1).getAttribute("class")).toContain("less");
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

describe("a report of several snapshots", () => {
  it("has the totals of all, and each in detail", async () => {
    await cli("analyze", at("old.rdb"), at("new.rdb"), "-o", at("two.sqlite"));
    await cli("report", at("two.sqlite"), "-o", at("two.html"));
    const { page, faults } = await open(browser, at("two.html"));
    expect((await columnOf(page, "Snapshots", "Keys")).map(countOf).sort()).toEqual([1100, 800]);
    const keys = page.locator(".tiles dd strong").first();
    expect(countOf(await textOf(keys))).toBe(800);
    await page.getByLabel("Snapshot", { exact: true }).selectOption("2");
    expect(countOf(await textOf(keys))).toBe(1100);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

describe("what cannot be told is not", () => {
  it.each([
    ["a sample", ["--sample", "0.5"], "estimated from a sample"],
    ["a part of the keys", ["--type", "hash"], "a part of the keys"],
    ["no such key", ["--type", "stream", "-n", "7"], "a part of the keys"],
  ])("%s", async (name, options, mark) => {
    const file = at(`${name}.html`);
    await cli("report", SAMPLE, "-o", file, ...options);
    const { page, faults } = await open(browser, file);
    expect(await textOf(page.locator(".marks"))).toContain(mark);
    expect(faults).toEqual([]);
    if (name === "a sample") expect(await textOf(page.locator(".tiles"))).toContain("±");
    await page.context().close();
  });

  it("a cluster's slots have their map, which tells a slot that is pointed at", async () => {
    await cli("report", SAMPLE, "--set", "cluster-enabled=yes", "-o", at("slots.html"));
    const { page, faults } = await open(browser, at("slots.html"));
    const map = page.locator("canvas.heat");
    await map.hover({ position: { x: 5, y: 5 } });
    expect(await textOf(page.locator(".heat-box .told"))).toMatch(/^slot \d+: /);
    expect((await columnOf(page, "Fullest slots", "Slot")).length).toBe(20);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
