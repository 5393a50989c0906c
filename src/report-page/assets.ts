import fs from "node:fs";

/** What a page is made of besides its data. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

const FROM_SOURCES = import.meta.url.endsWith(".ts");

/** The page's script and style: as they were built, or of the sources where this runs from them. */
export async function pageAssets(): Promise<PageAssets> {
  if (FROM_SOURCES) {
    const { buildPage } = await import(new URL("../../scripts/page.mjs", import.meta.url).href);
    return buildPage() as Promise<PageAssets>;
  }
  const text = (name: string) => fs.readFileSync(new URL(`../../page/${name}`, import.meta.url), "utf8");
  return { script: text("report.js"), style: text("report.css") };
}
