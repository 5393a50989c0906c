import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** Rows of docs/security.md with the title of their test, and the files it may be in. */
function tried() {
  const [, text] = /### What was tried\n([\s\S]*?)\n## /.exec(read("docs/security.md"))!;
  return text!
    .split(/^#### /m)
    .slice(1)
    .flatMap((section) => {
      const files = [...section.matchAll(/`((?:test|fixtures)\/[\w/.-]+)`/g)].map((match) => match[1]!);
      const rows = [...section.matchAll(/^\| (.+?) +\|.*\| `(.+)` +\|$/gm)];
      return rows.map(([, what, title]) => ({ what: what!, title: title!, files }));
    });
}

describe("docs/security.md", () => {
  const rows = tried();

  test("lists what was tried", () => {
    expect(rows.length).toBeGreaterThanOrEqual(40);
    expect(new Set(rows.map(({ what }) => what)).size).toBe(rows.length);
  });

  test.each(rows)("has a test for: $what", ({ title, files }) => {
    expect(files.some((file) => read(file).includes(title))).toBe(true);
  });
});
