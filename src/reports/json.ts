import type { Row, Section, Value } from "../queries/answer.ts";
import { escapeUnsafe } from "./text.ts";

/**
 * A value as JSON: bytes that are not UTF-8 text become `{"base64": "…"}`; integers beyond 2^53 keep all digits. What
 * JSON allows in strings as it is, but a terminal would obey, is `\uNNNN`.
 */
export function toJson(value: unknown): string {
  if (typeof value === "bigint") return value.toString();
  if (Buffer.isBuffer(value)) return `{"base64":"${value.toString("base64")}"}`;
  if (Array.isArray(value)) return `[${value.map(toJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([name, member]) => `${toJson(name)}:${toJson(member)}`);
    return `{${members.join(",")}}`;
  }
  return escapeUnsafe(JSON.stringify(value) ?? "null", unicodeEscape);
}

/** A piece of a text as it stands between the quotes of a JSON string. */
export function unsafeEscaped(text: string): string {
  return escapeUnsafe(JSON.stringify(text), unicodeEscape).slice(1, -1);
}

function unicodeEscape(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

/** A section's row with all its columns, in their order, behind `extra`. */
function record({ columns }: Section, row: Row, extra: Row): Record<string, Value | boolean> {
  const named: Record<string, Value | boolean> = Object.assign(Object.create(null), extra); // a column may be `__proto__`
  for (const { name, kind } of columns) named[name] = kind === "mark" ? row[name] === 1 : (row[name] ?? null);
  return named;
}

/** One array of all rows of all sections; `extra` gives the columns that each row of a section begins with. */
export function* renderJson(sections: Iterable<{ section: Section; extra: Row }>): Iterable<string> {
  yield* jsonArray(renderNdjson(sections));
}

/** Wraps lines of JSON into an array. */
export function* jsonArray(lines: Iterable<string>): Iterable<string> {
  let held: string | undefined;
  for (const line of lines) {
    yield held === undefined ? "[" : `${held},`;
    held = `  ${line}`;
  }
  if (held === undefined) yield "[]";
  else {
    yield held;
    yield "]";
  }
}

/** A row a line. */
export function* renderNdjson(sections: Iterable<{ section: Section; extra: Row }>): Iterable<string> {
  for (const { section, extra } of sections) {
    for (const row of section.rows) yield toJson(record(section, row, extra));
  }
}
