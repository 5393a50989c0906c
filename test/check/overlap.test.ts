import fc from "fast-check";
import { expect, test } from "vitest";
import { mayStandFor } from "../../src/check/overlap.ts";
import { byteString, globToRegExp } from "../../src/patterns/index.ts";

test.each([
  ["session:1*", "session:*", true],
  ["debug:*", "*", true],
  ["debug:*", "session:*", false],
  ["debug:*", "*:*", true],
  ["*:cart", "{user:*}:cart", true],
  ["*:cart", "user:*:card", false],
  ["a?c", "a*c", true],
  ["a[bx]c", "abc", true],
  ["a\\*c", "a*", true],
  ["a\\*c", "abc", false],
  ["", "*", false],
])("%s and %s: %s", (glob, pattern, expected) => expect(mayStandFor(glob, pattern)).toBe(expected));

test("never says no where a name is both", () => {
  const piece = fc.constantFrom("a", "b", "*", "?", ":");
  const glob = fc.array(piece, { maxLength: 8 }).map((all) => all.join(""));
  const parts = fc.array(fc.constantFrom("a", "b", ":", "*"), { maxLength: 8 });
  fc.assert(
    fc.property(
      glob,
      parts,
      fc.infiniteStream(fc.constantFrom("a", "b", ":", "ab", ":a")),
      (text, pattern, fills) => {
        const name = pattern.map((one) => (one === "*" ? String(fills.next().value) : one)).join("");
        if (globToRegExp(text).test(byteString(name))) expect(mayStandFor(text, pattern.join(""))).toBe(true);
      },
    ),
    { numRuns: 5000 },
  );
});
