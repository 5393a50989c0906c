import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import axe from "axe-core";
import Database from "better-sqlite3";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli, SAMPLE } from "../cli/run-cli.ts";
import { type Serving, serve } from "../cli/serve-process.ts";
import { hostileSnapshot } from "../support/hostile-names.ts";
import { hashValue, stringValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { columnOf, countOf, launch, NARROW, type Opened, textOf, WIDE } from "./chromium.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-browser-serve-"));
const inventory = path.join(folder, "sample.sqlite");
const ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
let browser: Browser;
let serving: Serving;
let opened: Opened;
let page: Page;

beforeAll(async () => {
  expect((await runCli(["analyze", SAMPLE, "-o", inventory, "--quiet"])).status).toBe(0);
  serving = await serve(inventory, "--timeout", "1s", "--snapshot-file", SAMPLE);
  browser = await launch();
  opened = await openServed(serving);
  page = opened.page;
});
afterAll(async () => {
  await browser?.close();
  await serving?.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Opens the address that a server printed, and notes what the page should not have done. */
async function openServed({ url, port }: Serving, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: WIDE, ...options });
  const tab = await context.newPage();
  const faults: string[] = [];
  tab.on("console", (message) => faults.push(`console: ${message.text()}`));
  tab.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  tab.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== "blob:" && host !== `127.0.0.1:${port}`) faults.push(`request: ${request.url()}`);
  });
  await tab.goto(url);
  await tab.locator("main #method").waitFor();
  return { page: tab, faults };
}

const button = (name: string, on: Page = page) => on.getByRole("button", { name, exact: true });
const told = (on: Page = page) => on.locator("#sql .asking [role=status]").textContent();

async function askSql(text: string, on: Page = page): Promise<void> {
  await on.getByLabel("SQL", { exact: true }).fill(text);
  await button("Run", on).click();
}

/** What the inventory holds, by another way. */
function rows(text: string): unknown[][] {
  const db = new Database(inventory, { readonly: true });
  try {
    return db.prepare(text).raw().all() as unknown[][];
  } finally {
    db.close();
  }
}

describe("the page", () => {
  it("shows the report, and the token no more", async () => {
    expect(page.url()).toBe(`http://127.0.0.1:${serving.port}/`);
    const keys = page.locator(".tiles > div", { has: page.locator('dt:text-is("Keys")') });
    expect(countOf(await textOf(keys.locator("strong")))).toBe(rows("SELECT count(*) FROM keys")[0]![0]);
    expect(await page.context().cookies()).toEqual([]);
  });

  it("can be loaded again in its tab, but not in another one without the token", async () => {
    await page.reload();
    await page.locator("main #method").waitFor();
    const context = await browser.newContext();
    const other = await context.newPage();
    await other.goto(page.url());
    expect(await textOf(other.getByRole("alert"))).toMatch(/token is missing or wrong: open the address/);
    await context.close();
  });

  it("is not shown in a frame, nor read by a script of another origin", async () => {
    const context = await browser.newContext();
    const other = await context.newPage();
    await other.route("http://other.example/", (route) =>
      route.fulfill({ contentType: "text/html", body: `<iframe src="${serving.url}"></iframe>` }),
    );
    await other.goto("http://other.example/");
    const outcome = await other.evaluate(
      `fetch("http://127.0.0.1:${serving.port}/api/start", { headers: { authorization: "Bearer ${serving.token}" } })
        .then(() => "read", () => "refused")`,
    );
    expect(outcome).toBe("refused");
    const frame = other.frames()[1];
    expect(await frame?.evaluate("document.getElementById('report') === null").catch(() => true)).toBe(true);
    await context.close();
  });
});

describe("the console", () => {
  it("shows a result as a table that can be sorted", async () => {
    const text = "SELECT type, count(*) AS keys, sum(bytes) AS bytes FROM keys GROUP BY type ORDER BY type";
    await askSql(text);
    await expect.poll(() => told()).toMatch(/^6 rows in /);
    const expected = rows(text);
    expect(await columnOf(page, "Result", "type")).toEqual(expected.map(([type]) => type));
    expect((await columnOf(page, "Result", "bytes")).map(Number)).toEqual(expected.map((row) => row[2]));
    await page.locator(".result th", { hasText: "bytes" }).getByRole("button").click();
    const sorted = (await columnOf(page, "Result", "bytes")).map(Number);
    expect(sorted).toEqual(sorted.toSorted((a, b) => b - a));
  });

  it("shows it as a chart, whose bars are as long as the numbers say", async () => {
    await button("Chart").click();
    expect(await button("Chart").getAttribute("aria-pressed")).toBe("true");
    await page.getByLabel("Length").selectOption("bytes");
    const numbers = (await columnOf(page, "bytes by type", "bytes")).map(Number);
    const widths = await page.evaluate<number[]>(
      "[...document.querySelectorAll('.result .bar')].map((bar) => parseFloat(bar.firstChild?.style.width ?? '0'))",
    );
    const most = Math.max(...numbers);
    for (const [i, width] of widths.entries()) expect(width).toBeCloseTo((100 * numbers[i]!) / most, 1);
    await button("Table").click();
  });

  it("saves it as CSV, with all values as the command line has them", async () => {
    const text = "SELECT key, bytes FROM keys ORDER BY bytes DESC, key LIMIT 30";
    await page.getByLabel("SQL", { exact: true }).fill(text);
    const [download] = await Promise.all([page.waitForEvent("download"), button("Save as CSV").click()]);
    const { stdout } = await runCli(["query", inventory, text, "--format", "csv"]);
    expect(fs.readFileSync(await download.path(), "utf8")).toBe(stdout);
    expect(download.suggestedFilename()).toBe("rdbscope.csv");
  });

  it("asks questions that have names, with their parameters", async () => {
    await page.getByLabel("Questions with names").selectOption("top-patterns");
    await button("Ask").click();
    await page.getByLabel("limit: rows at most").fill("4");
    await button("Run").click();
    await expect.poll(() => told()).toMatch(/^4 rows/);
    expect((await columnOf(page, "the patterns with the most memory", "bytes"))[0]).toMatch(/^[\d.]+[KMG]$/);
  });

  it.each([
    ["DROP TABLE slots", /only statements that return rows/],
    ["SELECT byts FROM keys", /no such column: byts: is it bytes\?/],
    [ENDLESS, /ran longer than 1 s/],
  ])("tells in one line what is wrong: %s", async (text, message) => {
    await askSql(text);
    const alert = page.locator("#sql .asking [role=alert]");
    await expect.poll(() => alert.textContent(), { timeout: 15_000 }).toMatch(message);
    expect(await alert.textContent()).not.toContain("\n");
  });

  it("tells that a result was cut", async () => {
    await askSql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n");
    await expect.poll(() => page.locator(".result .notes").textContent()).toMatch(/cut after 5,000 rows/);
  });

  it("lists tables and columns", async () => {
    await page.getByText("Tables and columns").click();
    await page.locator("#sql details.columns summary", { hasText: /^keys / }).click();
    expect(await columnOf(page, "keys", "Column")).toContain("record_offset");
  });
});

describe("keys", () => {
  it("are searched for and explained: the parts add up to what MEMORY USAGE says", async () => {
    await page.getByLabel(/^Part of a name/).fill("leaderboard:");
    await button("Search").click();
    await page.locator("#find table").first().waitFor();
    const status = await textOf(page.locator("#find .asking [role=status]").first());
    expect(countOf(status)).toBe(rows("SELECT count(*) FROM keys WHERE key LIKE 'leaderboard:%'")[0]![0]);
    await page.locator("#find").getByRole("button", { name: "Explain leaderboard:alltime" }).click();
    await page.locator(".explained article").waitFor();
    const parts = (await columnOf(page, "Where its bytes go", "Bytes")).map(countOf);
    const sum = parts.reduce((a, b) => a + b, 0);
    expect(sum).toBe(rows("SELECT bytes FROM keys WHERE key = 'leaderboard:alltime'")[0]![0]);
    expect(await textOf(page.locator(".explained .facts"))).toContain(`${sum.toLocaleString("en-US")} bytes`);
  });

  it("are explained from the list of the biggest ones", async () => {
    await page.locator("#keys").getByRole("button", { name: "Explain stream:orders" }).click();
    await expect.poll(() => page.locator(".explained h4").allTextContents()).toEqual(["stream:orders"]);
  });

  it("that are not there are told, with names like theirs", async () => {
    await page.getByLabel(/^Part of a name/).fill("stream:order");
    await button("Explain this name").click();
    const alert = page.locator("#find .asking [role=alert]").last();
    await expect
      .poll(() => alert.textContent())
      .toMatch(/holds no key "stream:order"; did you mean "stream:orders"/);
  });

  it("are not explained when the snapshot is gone, which is told", async () => {
    const gone = path.join(folder, "gone.rdb");
    fs.copyFileSync(SAMPLE, gone);
    const other = await serve(gone);
    const { page: tab } = await openServed(other);
    fs.rmSync(gone);
    await tab.locator("#keys").getByRole("button", { name: "Explain stream:orders" }).click();
    const alert = tab.locator("#find .asking [role=alert]").last();
    await expect.poll(() => alert.textContent()).toMatch(/no such file.*--snapshot-file/);
    await tab.context().close();
    await other.stop();
  });
});

describe("by keyboard alone", () => {
  it("SQL is run, a result turned into a chart, a key found and explained", async () => {
    const { page: tab, faults } = await openServed(serving);
    await tab.getByLabel(/^Part of a name/).focus();
    await tab.keyboard.type("leaderboard:a");
    await tab.keyboard.press("Enter");
    await tab.locator("#find table").waitFor();
    const focused = () =>
      tab.evaluate<string>(
        "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent",
      );
    for (let i = 0; i < 30 && (await focused()) !== "Explain leaderboard:alltime"; i++)
      await tab.keyboard.press("Tab");
    await tab.keyboard.press("Enter");
    await tab.locator(".explained article").waitFor();
    await expect.poll(() => tab.evaluate("document.activeElement.className")).toBe("explained");
    await tab.getByLabel("SQL", { exact: true }).focus();
    await tab.keyboard.press("Control+a");
    await tab.keyboard.type("SELECT 1 AS one, 2 AS two");
    await tab.keyboard.press("Control+Enter");
    await expect.poll(() => told(tab)).toMatch(/^1 row in/);
    for (let i = 0; i < 10 && (await focused()) !== "Chart"; i++) await tab.keyboard.press("Tab");
    await tab.keyboard.press("Space");
    expect(await button("Chart", tab).getAttribute("aria-pressed")).toBe("true");
    expect(faults).toEqual([]);
    await tab.context().close();
  });
});

describe("hostile names", () => {
  const NAMES = [
    "<script>globalThis.pwned = 1</script>",
    "</script><img src=x onerror=globalThis.pwned=1>",
    "' onmouseover='globalThis.pwned=1",
    "\u202edetrevni\u202c",
    "__proto__",
  ];

  it("are text in the search, an explanation, a table, a chart and an error", async () => {
    const file = path.join(folder, "hostile.rdb");
    const writer = new RdbWriter("REDIS", 11);
    for (const name of [...NAMES, `long:${"<b>x</b>".repeat(131_072)}`])
      writer.key(name, hashValue([[name, name]]));
    fs.writeFileSync(file, writer.key("a", stringValue("b")).end());
    fs.writeFileSync(path.join(folder, "others.rdb"), hostileSnapshot());
    for (const one of [file, path.join(folder, "others.rdb")]) {
      const other = await serve(one);
      const { page: tab, faults } = await openServed(other);
      await button("Search", tab).click();
      await tab.locator("#find table").first().waitFor();
      for (const explain of await tab.locator("#find tbody").first().getByRole("button").all()) {
        await explain.click();
        await tab.locator(".explained article, #find [role=alert]:not(:empty)").first().waitFor();
      }
      await askSql('SELECT key, bytes, key AS "<b>name</b>" FROM keys', tab);
      await expect.poll(() => told(tab)).toMatch(/row/);
      await button("Chart", tab).click();
      await tab.getByLabel(/^Part of a name/).fill("<img src=x onerror=globalThis.pwned=1>");
      await button("Explain this name", tab).click();
      await expect.poll(() => tab.locator("#find [role=alert]").last().textContent()).toContain("<img src=x");
      expect(await tab.evaluate("'pwned' in globalThis")).toBe(false);
      expect(await tab.locator("#report").locator("script, img, iframe, i, b").count()).toBe(0);
      const shown = await textOf(tab.locator("body"));
      expect(shown.replace(/[\n\t]/g, "")).not.toMatch(
        /[\p{Cc}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u,
      );
      // A refused question is one of the browser's own messages, not of the page.
      expect(faults.filter((fault) => !/status of 4\d\d/.test(fault))).toEqual([]);
      await tab.context().close();
      await other.stop();
    }
  });

  it("do nothing even if they were markup: the policy runs no script that is put into the page", async () => {
    const { page: tab, faults } = await openServed(serving);
    const outcome = await tab.evaluate(`(async () => {
      const tried = {};
      const script = document.createElement("script");
      try { script.textContent = "globalThis.pwned = 1"; document.body.append(script); } catch (error) { tried.script = error.name; }
      try { document.body.innerHTML = "<b>x</b>"; } catch (error) { tried.markup = error.name; }
      await fetch("http://127.0.0.1:9/").catch((error) => { tried.fetch = error.name; });
      tried.pwned = "pwned" in globalThis;
      return tried;
    })()`);
    expect(outcome).toEqual({ script: "TypeError", markup: "TypeError", fetch: "TypeError", pwned: false });
    expect(faults.filter((fault) => /Content Security Policy|Trusted/.test(fault)).length).toBeGreaterThan(0);
    await tab.context().close();
  });
});

describe("accessibility", () => {
  it.each([
    ["light", WIDE],
    ["dark", WIDE],
    ["light", NARROW],
    ["dark", NARROW],
  ] as const)(
    "axe finds no fault, and nothing is wider than the screen: %s, %j",
    async (colorScheme, viewport) => {
      const { page: tab } = await openServed(serving, { colorScheme, viewport, bypassCSP: true });
      await tab.getByLabel(/^Part of a name/).fill("leader");
      await button("Explain this name", tab).click();
      await expect.poll(() => tab.locator("#find [role=alert]").last().textContent()).toMatch(/holds no key/);

      await button("Search", tab).click();
      await tab.locator("#find").getByRole("button", { name: "Explain leaderboard:alltime" }).click();
      await tab.locator(".explained article").waitFor();
      await askSql("SELECT key, NULL AS none, bytes FROM keys LIMIT 5", tab);
      await expect.poll(() => told(tab)).toMatch(/^5 rows/);
      await tab.getByText("Tables and columns").click();
      await tab.addScriptTag({ content: axe.source });
      const violations = await tab.evaluate(async () => {
        const { axe: run } = globalThis as unknown as {
          axe: {
            run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
          };
        };
        const found = await run.run();
        return found.violations.map(
          ({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html.slice(0, 200)}`,
        );
      });
      expect(violations).toEqual([]);
      expect(await tab.evaluate("document.documentElement.scrollWidth")).toBe(viewport.width);
      await tab.context().close();
    },
  );
});

describe("the end", () => {
  it("of the command is told by the page, and nothing else was wrong with it", async () => {
    expect(opened.faults.filter((fault) => !/status of 4\d\d/.test(fault))).toEqual([]);
    const other = await serve(inventory);
    const { page: tab } = await openServed(other);
    expect(await other.stop()).toBe(0);
    await askSql("SELECT 1", tab);
    await expect
      .poll(() => tab.locator("#sql .asking [role=alert]").textContent())
      .toMatch(/does not answer/);
    await tab.context().close();
  });
});
