import { describe, expect, it } from "vitest";
import { shownLine, shownName } from "../../src/report-data/names.ts";

describe("names in reports", () => {
  it.each([
    ["user:1", "user:1"],
    ["", '""'],
    ["a\u202eb", "a\\xE2\\x80\\xAEb"],
    ["back\\slash", "back\\\\slash"],
    [Buffer.from([0xff, 0x41]), "\\xFFA"],
  ])("are safe text: %j", (name, shown) => expect(shownName(name)).toBe(shown));

  it("of a megabyte are their two ends, and how long they are", () => {
    const shown = shownName(`start${"x".repeat(1_048_576)}end`);
    expect(shown).toMatch(/^startx+…x+end \(1,048,584 bytes\)$/);
    expect(shown.length).toBeLessThan(250);
  });

  it("that may have been cut before say so", () => {
    expect(shownName("y".repeat(4096))).toMatch(/^y+… \(4,096 bytes or more\)$/);
  });

  it("are not cut within a character", () => {
    const shown = shownName(`${"a".repeat(139)}${"😀".repeat(200)}`);
    expect(shown).toMatch(/^a{139}…😀+ \(939 bytes\)$/u);
  });

  it("make sentences no longer than a report has room for", () => {
    expect(shownLine(`${"z".repeat(1e6)} is large`).length).toBeLessThan(1100);
  });
});
