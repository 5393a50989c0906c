import { hashPackedValue, hashValue, listValue, moduleValue, stringValue, type Value } from "./rdb-values.ts";
import { RdbWriter } from "./rdb-writer.ts";

/** Characters that must reach no terminal: a row a kind, as ranges of code points. */
const FORBIDDEN: readonly (readonly [from: number, to: number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xe000, 0xf8ff],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe0fff],
  [0xf0000, 0x10ffff],
];

/** The forbidden characters in bytes that must be UTF-8, as U+NNNN; line ends and whatever `allowed` matches are none. */
export function forbiddenIn(output: Buffer, allowed = /\n/g): string[] {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(output).replace(allowed, "");
  return Array.from(text, (character) => character.codePointAt(0)!)
    .filter((code) => FORBIDDEN.some(([from, to]) => code >= from && code <= to))
    .map((code) => `U+${code.toString(16).toUpperCase().padStart(4, "0")}`);
}

/** One name for each kind of forbidden character, its first and its last. */
const UNSEEN = [...new Set(FORBIDDEN.filter(([from]) => from !== 0xd800).flat())].map(
  (code) => `unseen:${code.toString(16)}:${String.fromCodePoint(code)}:end`,
);

/** Names of keys that try to be something else than names. */
export const HOSTILE_NAMES: readonly (string | Buffer)[] = [
  ...UNSEEN,
  "\x1b[2J\x1b]0;title\x07clear",
  "\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\",
  "\x9b31mred",
  "line\r\nrdbscope: forged",
  "safe\u202egpj.exe",
  "\u2066isolated\u2069",
  "zero\u200bwidth",
  "tagged\u{e0041}\u{e007f}",
  "\u0301mark first",
  Buffer.from([0xff, 0x00, 0x41, 0x5c]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xc0, 0xaf]),
  Buffer.from([0xe2, 0x80]),
  "\\xFF\\x00A\\\\",
  '{"base64":"/wBBXA=="}',
  "=cmd|' /C calc'!A0",
  '=HYPERLINK("http://evil.example","x")',
  "+1+1",
  "-1+1",
  "@SUM(A1)",
  "\t=1+1",
  "\r=1+1",
  "＝1+1",
  "＋1",
  "－1",
  "＠x",
  "'=quoted",
  'a;"=1+1"',
  "a;=1+1",
  'a,"b"',
  '"; =1',
  "a\n=1+1",
  " leading and trailing ",
  "a|b",
  "`code` ``more``",
  "</code><script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "&lt;b&gt; &amp;",
  "*bold* _it_ ~~no~~",
  "[link](http://evil.example)",
  "![image](http://evil.example/x.png)",
  "http://evil.example www.evil.example ftp://evil.example",
  "@octocat @org/team",
  "#123 GH-1 owner/repo#4",
  "deadbeef0123456789",
  ":smile: $x^2$",
  "\\| \\` \\",
  "__proto__",
  "constructor",
  "日本語:ключ:😀",
  "",
];

/** What stands outside of keys and may be as hostile: a server's version, scripts, the names of libraries. */
export const HOSTILE_TEXT = "7.2.6\x1b[31m\u202e=1|`@octocat`<b>\x07";

/** A snapshot whose every name is hostile, with a value that is damaged inside. */
export function hostileSnapshot(): Buffer {
  const writer = new RdbWriter("REDIS", 11);
  writer.aux("redis-ver", HOSTILE_TEXT).aux("ctime", "1750000000").aux("lua", HOSTILE_TEXT);
  writer.aux(`\x1b[1mname\u202e`, HOSTILE_TEXT);
  writer.function2(`#!lua\u202e\x1b[31m name=lib\x1b]0;x\x07@octocat\nredis.register_function('f', 1)`);
  for (const name of HOSTILE_NAMES) writer.key(name, stringValue("v"));
  for (const name of HOSTILE_NAMES) {
    const shown = Buffer.concat([Buffer.from("hash:"), Buffer.from(name)]);
    writer.key(shown, hashValue([[Buffer.concat([Buffer.from(name), Buffer.alloc(80, "x")]), "v"]]));
  }
  writer.key("\x1b[31mmodule\u202e", moduleValue("MBbloom--", 4, [{ sint: 1n }]));
  writer.key("\x1b[31mdamaged\u202e\r\n@octocat <b>", damaged(hashPackedValue(16, [["f", "v"]])));
  writer.key("list\x1b", listValue(["\x1b[31m"]));
  return writer.end();
}

/** A packed value whose first element cannot be. */
function damaged(value: Value): Value {
  const body = Buffer.from(value.body);
  body[7] = 0xf5; // No listpack entry begins so.
  return { ...value, body };
}
