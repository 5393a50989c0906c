import { thousands } from "../src/queries/words.ts";
import { humanBytes, humanError, humanShare, humanTime } from "../src/units.ts";

export { counted, thousands } from "../src/queries/words.ts";
export { humanBytes, humanShare } from "../src/units.ts";

/** Keys and bytes of a group, with what is to be said of how sure they are. */
interface Amount {
  readonly keys: number;
  readonly bytes: number;
  readonly lower_bound_keys?: number;
  readonly keys_error?: number | null | undefined;
  readonly bytes_error?: number | null | undefined;
}

/** Bytes as people read them: ≥ before a lower bound, the error behind an estimate. */
export function bytesText({ bytes, lower_bound_keys: bounds = 0, bytes_error: error }: Amount): string {
  return `${bounds > 0 ? "≥" : ""}${humanBytes(bytes)}${within(bytes, error)}`;
}

/** A number of keys, with the error of an estimate behind it. */
export function keysText({ keys, keys_error: error }: Amount): string {
  return `${thousands(keys)}${within(keys, error)}`;
}

/** The error of an estimate, with a space before it; nothing for what is exact. */
export function within(value: number, error: number | null | undefined): string {
  if (error === undefined || error === 0) return "";
  return error === null ? " ±?" : ` ${humanError(value, error)}`;
}

/** A share of a whole, which may be nothing. */
export function shareText(part: number, whole: number): string {
  return whole > 0 ? humanShare(part / whole) : "-";
}

/** A time, which is UTC always. */
export function timeText(ms: number): string {
  return `${humanTime(ms)} UTC`;
}

const STEPS: readonly [number, string][] = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

/** A count for an axis: 1.5k, 2M. */
export function shortCount(count: number): string {
  const step = STEPS.find(([size]) => Math.abs(count) >= size);
  return step === undefined ? String(count) : `${Number((count / step[0]).toFixed(1))}${step[1]}`;
}

/** Bytes for an axis: 512B, 64K, 1.5M. */
export function shortBytes(bytes: number): string {
  return humanBytes(bytes).replace(/\.?0+(?=[A-Z])/, "");
}

/** Hours in the unit that fits: 6 h, 3 d. */
export function hoursText(hours: number): string {
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}
