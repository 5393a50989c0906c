import { MAX_NAME_BYTES } from "../inventory/rollup/top-keys.ts";
import { counted } from "../queries/words.ts";
import { safeLine, safeText } from "../reports/text.ts";

/** Characters of a name that are shown: its beginning and its end, where it has more than both. */
const HEAD = 140;
const TAIL = 50;
/** The same of a sentence, which may have names in it. */
const LINE_HEAD = 700;
const LINE_TAIL = 300;

/**
 * A name as a report shows it: safe text, and of a long one its two ends and how long it is. A name that is as long as the
 * tables of biggest and hottest keys keep at most may have been longer: of that the beginning.
 */
export function shownName(name: string | Buffer): string {
  if (name.length === 0) return '""';
  return cut(name, HEAD, TAIL, safeText);
}

/** A sentence with names in it as a report shows it. */
export function shownLine(text: string): string {
  return cut(text, LINE_HEAD, LINE_TAIL, safeLine);
}

function cut<T extends string | Buffer>(
  text: T,
  head: number,
  tail: number,
  safe: (text: T) => string,
): string {
  if (text.length <= head + tail) return safe(text);
  const first = safe(piece(text, 0, head));
  const length = typeof text === "string" ? Buffer.byteLength(text) : text.length;
  if (length === MAX_NAME_BYTES) return `${first}… (${counted(length, "byte")} or more)`;
  return `${first}…${safe(piece(text, text.length - tail, text.length))} (${counted(length, "byte")})`;
}

/** A part of a text, without the halves of characters that it would begin or end with. */
function piece<T extends string | Buffer>(text: T, start: number, end: number): T {
  if (typeof text !== "string") return text.subarray(start, end) as T;
  return text.slice(start, end).replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, "") as T;
}
