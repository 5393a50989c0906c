import { describe, expect, it } from "vitest";
import { StringHead } from "../../src/memory/walk/string-head.ts";

/** What is seen of a text that stands somewhere in a buffer. */
function headOf(text: string): StringHead {
  const head = new StringHead();
  const bytes = Buffer.from(text);
  head.look(bytes.length, Buffer.concat([Buffer.from('9"'), bytes, Buffer.from('"]}9')]), 2);
  return head;
}

describe("JSON", () => {
  it.each(['{"a":1}', "{}", '{ \n "a": [] }', "[1,2]", "[]", '["x"]', "[-1]", "[{}]", "[true]", "[ null ]"])(
    "is %j",
    (text) => {
      expect(() => JSON.parse(text)).not.toThrow();
      expect(headOf(text).json).toBe(true);
    },
  );

  it.each(["{a}", "{", "[", "{ ", "[error] x", " {}", "text", "", `{${" ".repeat(40)}"a":1}`])(
    "is not seen in %j",
    (text) => expect(headOf(text).json).toBe(false),
  );
});

describe("an integer with a format", () => {
  it.each([
    ["007", 1],
    ["+71", 2],
    ["1,234", 4],
    ["12.00", 2],
    ["1 000 000", 7],
    ["-05", 1],
    ["0.0", 1],
    ["000000000000000123", 3],
  ])("is %j, of %i digits", (text, digits) => expect(headOf(text).formattedDigits).toBe(digits));

  it.each([
    "12.5",
    "1e5",
    "10.0.0.1",
    "--7",
    "12:30",
    "2026-11-21",
    "..",
    "+",
    "1,2a",
    "0".repeat(25),
    "9".repeat(19),
  ])("is not seen in %j", (text) => expect(headOf(text).formattedDigits).toBe(0));

  it("is forgotten with its value", () => {
    const head = headOf("007");
    head.reset();
    expect([head.json, head.formattedDigits]).toEqual([false, 0]);
  });
});
