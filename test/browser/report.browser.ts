import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import axe from "axe-core";
import Database from "better-sqlite3";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli, SAMPLE } from "../cli/run-cli.ts";
import { columnOf, countOf, launch, NARROW, type Opened, open, textOf, WIDE } from "./chromium.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-browser-"));
const inventory = path.join(folder, "sample.sqlite");
const html = path.join(folder, "sample.html");
let browser: Browser;
let opened: Opened;
let page: Page;

/** One value of the inventory. */
function sql<T>(text: string, ...params: unknown[]): T {
  const db = new Database(inventory, { readonly: true });
  try {
    return db
      .prepare(text)
      .pluck()
      .get(...params) as T;
  } finally {
    db.close();
  }
}

beforeAll(async () => {
  expect((await runCli(["analyze", SAMPLE, "-o", inventory, "--quiet"])).status).toBe(0);
  expect(await runCli(["report", inventory, "-o", html, "--quiet"])).toMatchObject({ status: 0, stderr: "" });
  browser = await launch();
  opened = await open(browser, html);
  page = opened.page;
});
afterAll(async () => {
  await browser?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe("the numbers of the page", () => {
  it("are the inventory's totals", async () => {
    const tile = (name: string) =>
      page.locator(".tiles > div", { has: page.locator(`dt:text-is("${name}")`) });
    expect(countOf(await textOf(tile("Keys").locator("strong")))).toBe(sql("SELECT count(*) FROM keys"));
    const bytes = sql<number>("SELECT sum(bytes) FROM keys");
    expect(await textOf(tile("Memory").locator("strong"))).toBe(`${(bytes / 1024 ** 2).toFixed(2)}M`);
    const without = sql<number>("SELECT avg(expires_at IS NULL) FROM keys");
    expect(await textOf(tile("Without TTL").locator("strong"))).toBe(`${(100 * without).toFixed(1)}%`);
  });

  it("are those of each type", async () => {
    const types = await columnOf(page, "Memory by type", "Type");
    const keys = await columnOf(page, "Memory by type", "Keys");
    expect(types).toHaveLength(sql("SELECT count(DISTINCT type) FROM keys"));
    for (const [i, type] of types.entries())
      expect(countOf(keys[i]!)).toBe(sql("SELECT count(*) FROM keys WHERE type = ?", type));
  });

  it("are those of each pattern", async () => {
    const patterns = await columnOf(page, "Data and overhead of each pattern", "Pattern");
    const keys = await columnOf(page, "Data and overhead of each pattern", "Keys");
    expect(patterns.length).toBeGreaterThan(10);
    for (const [i, pattern] of patterns.entries())
      expect(countOf(keys[i]!)).toBe(sql("SELECT count(*) FROM keys WHERE pattern = ?", pattern));
  });

  it("add up in the charts: sizes, times to live", async () => {
    for (const caption of ["Keys by size", "Keys by time to live"]) {
      const keys = await columnOf(page, caption, "Keys");
      expect(keys.map(countOf).reduce((a, b) => a + b)).toBe(sql("SELECT count(*) FROM keys"));
    }
    const elements = (await columnOf(page, "Keys by number of elements", "Together")).map(countOf);
    expect(elements.reduce((a, b) => a + b)).toBe(sql("SELECT sum(elements) FROM keys"));
  });

  it("are in the data that the page carries, too", async () => {
    const text = await page.evaluate<string>("document.getElementById('report-data').textContent");
    expect(JSON.parse(text)).toMatchObject({
      report_version: 1,
      reports: [{ snapshot: { checksum: "ok" } }],
    });
    expect(JSON.parse(text).reports[0].totals.bytes).toBe(sql("SELECT sum(bytes) FROM keys"));
  });
});

describe("the map", () => {
  it("leads from all keys into a database and back, with the mouse", async () => {
    const map = page.locator(".treemap");
    await page.locator("button.area", { hasText: "database 1" }).click();
    const patterns = sql<number>("SELECT count(DISTINCT pattern) FROM keys WHERE db = 1");
    expect(await map.locator("button.area").count()).toBe(patterns);
    const way = page.getByRole("navigation", { name: "Where the map is" });
    expect(await textOf(way)).toContain("database 1");
    await way.getByRole("button", { name: "all keys" }).click();
    expect(await map.locator("button.area").count()).toBeGreaterThan(patterns);
  });

  it("does so with the keyboard, and tells what has the focus", async () => {
    await page.locator(".treemap button.head").first().focus();
    await page.keyboard.press("Enter");
    const way = page.getByRole("navigation", { name: "Where the map is" });
    expect(await textOf(way.locator("[aria-current]"))).toBe("database 0");
    const focused = await page.evaluate<string>("document.activeElement.className");
    expect(focused).toContain("area");
    const largest = sql<string>(
      "SELECT pattern FROM keys WHERE db = 0 GROUP BY pattern ORDER BY sum(bytes) DESC LIMIT 1",
    );
    expect(await textOf(page.locator("#map .told"))).toContain(largest);
    await way.getByRole("button", { name: "all keys" }).press("Enter");
    expect(await textOf(way.locator("[aria-current]"))).toBe("all keys");
  });

  it("finds patterns, and says what they have together", async () => {
    await page.getByLabel("Search patterns").fill("SESSION");
    const keys = sql<number>("SELECT count(*) FROM keys WHERE pattern LIKE '%session%'");
    expect(await textOf(page.locator("#map .search [role=status]"))).toContain(
      `${keys.toLocaleString("en-US")} keys`,
    );
    const bright = page.locator(".treemap button.area:not(.dim):not(.head)");
    for (const text of await bright.allInnerTexts()) expect(text).toContain("session");
    await page.getByLabel("Search patterns").fill("no such pattern");
    expect(await textOf(page.locator("#map .search [role=status]"))).toContain("Nothing");
    await page.getByLabel("Search patterns").fill("");
    expect(await page.locator(".treemap .dim").count()).toBe(0);
  });

  it("leads to the biggest keys of a pattern", async () => {
    await page.locator(".treemap button.area", { hasText: "stream:orders" }).click();
    await page.getByRole("button", { name: "List its biggest keys" }).click();
    expect(await columnOf(page, "Biggest keys", "Key")).toEqual(["stream:orders"]);
    await page.getByLabel("Pattern", { exact: true }).selectOption("");
  });
});

describe("the biggest keys", () => {
  it("are sorted by what their columns say, up and down", async () => {
    const head = page.locator("#keys th", { hasText: "Elements" });
    await head.getByRole("button").click();
    const down = (await columnOf(page, "Biggest keys", "Elements")).map(countOf);
    expect(down[0]).toBe(sql("SELECT max(elements) FROM keys"));
    expect(down).toEqual(down.toSorted((a, b) => b - a));
    expect(await head.getAttribute("aria-sort")).toBe("descending");
    await head.getByRole("button").press("Enter");
    expect(await head.getAttribute("aria-sort")).toBe("ascending");
    await page.locator("#keys th", { hasText: "Memory" }).getByRole("button").click();
  });

  it("are sifted by name, type, memory and elements", async () => {
    await page.getByLabel("Type", { exact: true }).selectOption("set");
    expect(new Set(await columnOf(page, "Biggest keys", "Type"))).toEqual(new Set(["set"]));
    await page.getByLabel("Elements", { exact: true }).selectOption("100 and more");
    const wanted = "FROM keys WHERE type = 'set' AND elements >= 100";
    expect(await columnOf(page, "Biggest keys", "Key")).toHaveLength(sql(`SELECT count(*) ${wanted}`));
    await page.getByLabel("Type", { exact: true }).selectOption("");
    await page.getByLabel("Elements", { exact: true }).selectOption("any number");
    await page.getByLabel("Memory", { exact: true }).selectOption("10K and more");
    expect(await columnOf(page, "Biggest keys", "Key")).toHaveLength(
      sql("SELECT count(*) FROM keys WHERE bytes >= 10240"),
    );
    await page.getByLabel("Memory", { exact: true }).selectOption("any size");
    await page.getByLabel("Name has").fill("audit");
    for (const key of await columnOf(page, "Biggest keys", "Key")) expect(key).toContain("audit");
    await page.getByLabel("Name has").fill("");
  });

  it("are all there where somebody asks for more", async () => {
    const listed = await textOf(page.locator("#keys [role=status]"));
    await page.locator("#keys .more button").click();
    expect(await columnOf(page, "Biggest keys", "Key")).toHaveLength(countOf(listed));
  });
});

describe("the page", () => {
  it("asks no host for anything and has nothing to complain about, whatever was done with it", () => {
    expect(opened.faults).toEqual([]);
  });

  it("has a table behind each picture", async () => {
    const pictures = page.locator("[role=img]");
    expect(await pictures.count()).toBeGreaterThan(3);
    for (const picture of await pictures.all()) {
      expect(await picture.getAttribute("aria-label")).toMatch(/\d/);
      expect(
        await picture.locator("xpath=ancestor::figure").locator("table tbody tr").count(),
      ).toBeGreaterThan(0);
    }
  });

  it("is dark where the system is, and as somebody chooses; on paper it is light", async () => {
    const { page: dark, faults } = await open(browser, html, { colorScheme: "dark" });
    const channels = async (style: string) => {
      const colour = await dark.evaluate<string>(`getComputedStyle(document.body).${style}`);
      return colour.match(/\d+/g)!.map(Number);
    };
    const brightness = async () => Math.max(...(await channels("backgroundColor")));
    expect(await brightness()).toBeLessThan(60);
    const button = dark.getByRole("button", { name: /^Colours/ });
    await button.click();
    expect(await brightness()).toBeGreaterThan(200);
    await button.click();
    expect(await brightness()).toBeLessThan(60);
    await dark.emulateMedia({ media: "print" });
    expect(Math.max(...(await channels("color")))).toBeLessThan(80);
    expect(faults).toEqual([]);
    await dark.context().close();
  });

  it("prints on A4, all findings open", async () => {
    const { page: paper } = await open(browser, html);
    const pdf = await paper.pdf({ preferCSSPageSize: true });
    const text = pdf.toString("latin1");
    const pages = text.match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    expect(pages).toBeGreaterThan(2);
    expect(pages).toBeLessThan(20);
    expect(text).toMatch(/\/MediaBox\s*\[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]/);
    expect(await paper.locator(".finding details:not([open])").count()).toBe(0);
    await paper.context().close();
  });

  it("fits a telephone: nothing is wider than it", async () => {
    const { page: narrow, faults } = await open(browser, html, { viewport: NARROW });
    expect(await narrow.evaluate("document.documentElement.scrollWidth")).toBe(NARROW.width);
    expect(faults).toEqual([]);
    await narrow.context().close();
  });
});

describe("accessibility", () => {
  it.each([
    ["light", WIDE],
    ["dark", WIDE],
    ["light", NARROW],
    ["dark", NARROW],
  ] as const)("axe finds no fault: %s, %j", async (colorScheme, viewport) => {
    // axe is a script of ours, which the page's policy would refuse.
    const { page: looked } = await open(browser, html, { colorScheme, viewport, bypassCSP: true });
    for (const details of await looked.locator("details").all()) {
      await details.evaluate((one) => one.setAttribute("open", ""));
    }
    await looked.addScriptTag({ content: axe.source });
    const violations = await looked.evaluate(async () => {
      const { axe: run } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
      };
      const found = await run.run();
      return found.violations.map(
        ({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html.slice(0, 200)}`,
      );
    });
    expect(violations).toEqual([]);
    await looked.context().close();
  });
});
