import { createHash } from "node:crypto";

/**
 * What a terminal would obey or hide instead of showing: controls, bidi marks, zero-width and other unseen characters,
 * and a mark that would stand on whatever is printed before the text.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|^\p{M}/u;
const EVERY_UNSAFE = new RegExp(UNSAFE, "gu");

const fatal = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * A key as a line of safe text. A backslash becomes `\\`, every byte of an unsafe character and every byte that is not
 * UTF-8 becomes `\xNN`: different keys stay different, and the bytes can be had back.
 */
export function safeText(key: string | Buffer): string {
  const text = typeof key === "string" ? key : decode(key);
  if (text === undefined) return escapeBytes(key as Buffer);
  return safeLine(text.includes("\\") ? text.replaceAll("\\", "\\\\") : text);
}

/** Escapes and characters of a name that reports for people show. */
const MAX_NAME = 200;
const HEAD_OF_NAME = new RegExp(`^(?:\\\\x[0-9A-F]{2}|\\\\\\\\|.){0,${MAX_NAME}}`, "su");

/** `safeText` of a name; a long one is cut, and what tells it from others is its length and the head of its SHA-256. */
export function shortText(name: string | Buffer): string {
  const text = safeText(name);
  const [head] = HEAD_OF_NAME.exec(text)!;
  if (head.length === text.length) return text;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${head}… (${Buffer.byteLength(name)} bytes, SHA-256 ${hash}…)`;
}

/** A sentence, names and all, as a line of safe text: like `safeText`, but a backslash stays one. */
export function safeLine(text: string): string {
  return escapeUnsafe(text, (character) => hex(Buffer.from(character)));
}

/** A text with every unsafe character as `form` writes it. */
export function escapeUnsafe(text: string, form: (character: string) => string): string {
  return UNSAFE.test(text) ? text.replace(EVERY_UNSAFE, form) : text;
}

function decode(bytes: Buffer): string | undefined {
  try {
    return fatal.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Bytes that are not UTF-8: printable ASCII as it is, all others in hex. */
function escapeBytes(bytes: Buffer): string {
  let safe = "";
  for (const byte of bytes) {
    if (byte === 0x5c) safe += "\\\\";
    else safe += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : hex([byte]);
  }
  return safe;
}

function hex(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => `\\x${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}

/** Characters that take two cells of a terminal (East Asian wide and full-width, emoji). */
const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const MARK = /\p{M}/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the fast path is ASCII
const ASCII = /^[\x00-\x7f]*$/;

/** Cells that a text takes on a terminal. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
  return MARK.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
}

/** Shortens a text to `width` cells: its two ends, with … between them. */
export function middleCut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const room = Math.max(0, width - 1);
  const characters = [...text];
  const head = take(characters, Math.ceil(room / 2));
  const tail = take(characters.slice().reverse(), Math.floor(room / 2)).reverse();
  return `${head.join("")}…${tail.join("")}`;
}

function take(characters: readonly string[], width: number): string[] {
  let used = 0;
  let count = 0;
  while (count < characters.length) {
    used += characterWidth(characters[count]!);
    if (used > width) break;
    count++;
  }
  return characters.slice(0, count);
}

/** A sentence as lines of at most `width` cells where its words allow; those behind the first stand two cells further in, or at `hang`. */
export function wrapped(text: string, width: number, hang?: number): string[] {
  if (displayWidth(text) <= width) return [text];
  const indent = /^ */.exec(text)![0];
  const further = " ".repeat(hang ?? indent.length + 2);
  const lines: string[] = [];
  let line = "";
  for (const word of text.slice(indent.length).split(" ")) {
    const longer = line === "" ? indent + word : `${line} ${word}`;
    if (line !== "" && displayWidth(longer) > width) {
      lines.push(line.trimEnd());
      line = further + word;
    } else line = longer;
  }
  return [...lines, line];
}

/** A text as lines of at most `width` cells: broken between words, within a word only where it is longer than a line. */
export function filled(text: string, width: number): string[] {
  const lines = [""];
  const add = (piece: string) => {
    const last = lines.at(-1)!;
    const longer = last === "" ? piece : `${last} ${piece}`;
    if (last === "" || displayWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(piece);
  };
  for (const word of text.split(" ")) for (const piece of pieces(word, width)) add(piece);
  return lines;
}

/** What is not parted: an escape, or a character. */
const UNIT = /\\x[0-9A-F]{2}|\\\\|./gsu;

/** A word in pieces of at most `width` cells, an escape or character at least. */
function pieces(word: string, width: number): string[] {
  if (displayWidth(word) <= width) return [word];
  const all = [""];
  let used = 0;
  for (const [unit] of word.matchAll(UNIT)) {
    const cells = displayWidth(unit);
    if (used > 0 && used + cells > width) {
      all.push("");
      used = 0;
    }
    all[all.length - 1] += unit;
    used += cells;
  }
  return all;
}

/** Pads to `width` cells; numbers stand right. */
export function pad(text: string, width: number, right: boolean): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return right ? space + text : text + space;
}
