import { readFileSync, writeFileSync } from "node:fs";
import { PROFILES, type Profile } from "../../src/memory/profiles/index.ts";
import { markdownTable } from "./markdown-table.ts";

const DOCUMENT = "docs/memory-model.md";

/** Replaces what stands between the two comments of a section of docs/memory-model.md. */
export function writeSection(section: string, text: string): void {
  const begin = `<!-- ${section}: written by npm run truth -->`;
  const end = `<!-- end of ${section} -->`;
  const document = readFileSync(DOCUMENT, "utf8");
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${DOCUMENT} has no section "${section}"`);
  writeFileSync(DOCUMENT, `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`);
}

/** The profiles, as a Markdown table. */
export function profileTable(): string {
  const rows = Object.values<Profile>(PROFILES).map(({ name, server, from, to, measured, allocator }) => {
    const versions =
      from.join(".") === to.join(".") ? from.join(".") : `${from.join(".")} to ${to.join(".")}`;
    return [name, `${server} ${versions}`, measured ?? "derived, not measured", allocator];
  });
  const columns = ["profile", "stands for", "measured", "allocator"].map((title) => ({ title }));
  return markdownTable(columns, rows);
}
