import type { Column, Value } from "../queries/answer.ts";
import { safeText } from "./text.ts";
import { humanBytes, humanCount, humanShare, humanTime } from "./units.ts";

/** Whether a column's values stand to the right. */
export function isNumeric({ kind }: Column): boolean {
  return kind === "bytes" || kind === "count" || kind === "share" || kind === "number";
}

/** A value as people read it. */
export function humanCell(column: Column, value: Value | undefined): string {
  if (value === null || value === undefined) return column.kind === "key" ? "" : "-";
  if (typeof value === "number") {
    if (column.kind === "bytes") return humanBytes(value);
    if (column.kind === "count") return humanCount(value);
    if (column.kind === "share") return humanShare(value);
    if (column.kind === "time") return humanTime(value);
  }
  return typeof value === "string" || Buffer.isBuffer(value) ? safeText(value) : String(value);
}

/** A value as a line of text that loses nothing: numbers exact, times in ms, keys with `\\` and `\xNN`. */
export function exactCell(value: Value | undefined): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" || Buffer.isBuffer(value) ? safeText(value) : String(value);
}
