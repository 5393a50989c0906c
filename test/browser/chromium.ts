import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core";

/** A page that was opened from a file, and what it should not have done. */
export interface Opened {
  readonly page: Page;
  /** Messages of the console, errors of scripts, and whatever was asked of the network. */
  readonly faults: string[];
}

/** Starts Debian's Chromium, or the one that the variable CHROMIUM names. */
export function launch(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: ["--no-sandbox"] }); // as root, in containers
}

export const WIDE = { width: 1440, height: 1000 };
export const NARROW = { width: 390, height: 844 };

/** Opens a report from its file, without any network, and waits until it is drawn. */
export async function open(
  browser: Browser,
  file: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: WIDE, offline: true, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => faults.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith("file:")) faults.push(`request: ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  await page.locator("main #method").waitFor();
  return { page, faults };
}

/** Texts of a column of a table of the page, by the table's caption. */
export async function columnOf(page: Page, caption: string, column: string): Promise<string[]> {
  const table = page.locator("table").filter({ has: page.locator(`caption:text-is("${caption}")`) });
  const heads = await table.locator("thead tr > *").allTextContents();
  const at = heads.findIndex((text) => text.trim() === column);
  if (at < 0) throw new Error(`no column ${column} among ${heads.join(", ")}`);
  return table.locator(`tbody tr > :nth-child(${at + 1})`).allTextContents();
}

/** A number as it stands in a cell: "1,234" and "12 ±3%" are 1234 and 12. */
export function countOf(text: string): number {
  return Number(text.replaceAll(",", "").split(" ")[0]);
}

/** The text that an element shows. */
export async function textOf(locator: Locator): Promise<string> {
  await locator.waitFor();
  const [text] = await locator.allInnerTexts();
  return text!;
}
