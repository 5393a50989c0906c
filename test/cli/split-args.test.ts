import { describe, expect, test } from "vitest";
import { keyBytes, splitArgs } from "../../src/cli/split-args.ts";

describe("words of a line, as redis.conf has them", () => {
  test.each([
    ["", []],
    ["  maxmemory   100mb ", ["maxmemory", "100mb"]],
    ['save "" ', ["save", ""]],
    ['a "b c" d', ["a", "b c", "d"]],
    [String.raw`"\x00\xFf\n\t\"\\"`, ['\x00\xff\n\t"\\']],
    [String.raw`'it\'s \n'`, [String.raw`it's \n`]],
    ["é", ["\xc3\xa9"]],
  ])("%j", (line, words) => expect(splitArgs(line)).toEqual(words));

  test.each(['"open', "'open", '"a"b', String.raw`"open\"`])("refuses %j", (line) =>
    expect(splitArgs(line)).toBeUndefined(),
  );
});

describe("a key as somebody types it", () => {
  test.each([
    ["user:1", "user:1"],
    ["with space", "with space"],
    [String.raw`plain\x00`, String.raw`plain\x00`],
    [String.raw`"\x00\xff"`, "\x00\xff"],
    ["'a b'", "a b"],
    ['"', '"'],
    ['"not closed', '"not closed'],
    ['"a" and "b"', '"a" and "b"'],
  ])("%j", (typed, latin1) => expect(keyBytes(typed).toString("latin1")).toBe(latin1));

  test("is UTF-8 as it stands", () => expect(keyBytes("ключ")).toEqual(Buffer.from("ключ")));
});
