import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../cli/run-cli.ts";
import { forbiddenIn, HOSTILE_NAMES, hostileSnapshot } from "../support/hostile-names.ts";
import { hashValue, stringValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { columnOf, launch, open, textOf } from "./chromium.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-browser-hostile-"));
const html = (name: string) => path.join(folder, `${name}.html`);
let browser: Browser;

/** Names that are made for pages: what would end our script, begin another, or turn the text around. */
const FOR_PAGES = [
  "<script>globalThis.pwned = 1</script>",
  "</script><script>globalThis.pwned = 1</script>",
  "<!--<script>",
  "]]><svg/onload=globalThis.pwned=1>",
  '"><img src=x onerror=globalThis.pwned=1>',
  "' onmouseover='globalThis.pwned=1",
  "javascript:globalThis.pwned=1",
  "\u2028globalThis.pwned = 1",
  "\u202edetrevni\u202c",
  "__proto__",
];
const LONG = `long:${"<b>x</b>".repeat(131_072)}`;

async function reportOf(name: string, snapshot: Buffer, ...more: string[]): Promise<string> {
  const file = path.join(folder, `${name}.rdb`);
  fs.writeFileSync(file, snapshot);
  const ran = await runCli(["report", file, "-o", html(name), "--quiet", ...more]);
  expect(ran).toMatchObject({ status: 0, stdout: "" });
  return html(name);
}

beforeAll(async () => {
  const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6<script>globalThis.pwned=1</script>");
  for (const name of [...FOR_PAGES, LONG]) {
    writer.key(name, stringValue("v".repeat(200_000)));
    writer.key(`hash:${name}`, hashValue([[name, "<i>v</i>"]]));
  }
  await reportOf("pages", writer.end());
  await reportOf("others", hostileSnapshot());
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe("hostile names", () => {
  it.each(["pages", "others"])("make no elements, run nothing and are shown as text: %s", async (name) => {
    const { page, faults } = await open(browser, html(name));
    expect(await page.evaluate(() => "pwned" in globalThis)).toBe(false);
    expect(
      await page.locator("#report").locator("script, img, iframe, i, b, form, svg[onload]").count(),
    ).toBe(0);
    expect(await page.locator("body > *").count()).toBe(3);
    const shown = await textOf(page.locator("body"));
    const unsafe = /[\p{Cc}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u;
    expect(shown.replace(/[\n\t]/g, "")).not.toMatch(unsafe);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it("are there, each letter of them, or their two ends", async () => {
    const { page } = await open(browser, html("pages"));
    const keys = await columnOf(page, "Biggest keys", "Key");
    for (const name of FOR_PAGES.filter((one) => !/[\u2028\u202e]/.test(one))) expect(keys).toContain(name);
    expect(keys).toContain("\\xE2\\x80\\xAEdetrevni\\xE2\\x80\\xAC");
    const long = keys.find((name) => name.startsWith("long:"));
    expect(long).toMatch(/^long:(<b>x<\/b>)+.*… \(4,096 bytes or more\)$/);
    await page.getByLabel("Name has").fill("<script>");
    expect(await columnOf(page, "Biggest keys", "Key")).toContain(FOR_PAGES[0]);
    await page.context().close();
  });

  it("are in no place of the file where they could be more than text", () => {
    for (const name of ["pages", "others"]) {
      const file = fs.readFileSync(html(name));
      expect(forbiddenIn(file, /[\n\t]/g)).toEqual([]);
      expect(file.length).toBeLessThan(2 * 1024 ** 2);
      const data = /<script type="application\/json" id="report-data">(.*?)<\/script>/s.exec(
        file.toString(),
      )![1]!;
      expect(data).not.toMatch(/[<>&\u2028\u2029]/);
      expect(JSON.parse(data).reports).toHaveLength(1);
    }
  });

  it("are not there at all where they are hashed", async () => {
    const writer = new RdbWriter("REDIS", 11);
    const file = path.join(folder, "secret.rdb");
    for (const name of HOSTILE_NAMES)
      writer.key(Buffer.concat([Buffer.from("alice"), Buffer.from(name)]), stringValue("v"));
    fs.writeFileSync(file, writer.key("only-alice", stringValue("x".repeat(2_000_000))).end());
    expect((await runCli(["report", file, "-o", html("secret"), "--hash-keys", "--quiet"])).status).toBe(0);
    expect(fs.readFileSync(html("secret"), "utf8")).not.toContain("only-alice");
    const { page } = await open(browser, html("secret"));
    expect(await textOf(page.locator("header"))).toContain("names are hashed");
    await page.context().close();
  });
});

describe("the policy of the page", () => {
  it("runs no script and applies no style that is put into it", async () => {
    const tampered = html("tampered");
    const text = fs.readFileSync(html("pages"), "utf8");
    const put =
      "<script>globalThis.pwned = 1</script><style>body{display:none}</style>" +
      '<p style="position:fixed" onclick="globalThis.pwned=1" id="bait">bait</p><img src="http://127.0.0.1:9/x.png">';
    fs.writeFileSync(tampered, text.replace("</body>", `${put}</body>`));
    const { page, faults } = await open(browser, tampered);
    await page.locator("#bait").click();
    expect(await page.evaluate(() => "pwned" in globalThis)).toBe(false);
    expect(await page.evaluate("getComputedStyle(document.getElementById('bait')).position")).toBe("static");
    expect(faults.filter((fault) => /Content Security Policy/.test(fault)).length).toBeGreaterThanOrEqual(4);
    await page.context().close();
  });

  it("lets nothing reach a host, nor make markup of a text", async () => {
    const { page } = await open(browser, html("pages"), { offline: false });
    const outcomes = await page.evaluate(`(async () => {
      const tried = {};
      await fetch("http://127.0.0.1:9/").catch((error) => { tried.fetch = error.message; });
      try { document.body.innerHTML = "<b>x</b>"; } catch (error) { tried.markup = error.name; }
      return tried;
    })()`);
    expect(outcomes).toMatchObject({ fetch: expect.any(String), markup: "TypeError" });
    await page.context().close();
  });
});
