import fs from "node:fs";

/** What a page is made of besides its data. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

const FROM_SOURCES = import.meta.url.endsWith(".ts");

/** The script and the style of a page: as they were built, or of the sources where this runs from them. */
export async function pageAssets(name: "report" | "live"): Promise<PageAssets> {
  if (FROM_SOURCES) {
    const { buildPage } = await import(new URL("../../scripts/page.mjs", import.meta.url).href);
    return buildPage(name) as Promise<PageAssets>;
  }
  const text = (ending: string) =>
    fs.readFileSync(new URL(`../../page/${name}.${ending}`, import.meta.url), "utf8");
  return { script: text("js"), style: text("css") };
}
