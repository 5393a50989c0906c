import { stringEntryBytes } from "./listpack.ts";
import { scoreEntryBytes } from "./score.ts";

/** Integers below this are printed as such: 2^52, d2string(), util.c, Redis 6.2.16. */
const MAX_INTEGER = 2 ** 52;
/** Significant digits of "%.17g". */
const DIGITS = 17;

/**
 * A score as text, before shortest representations: integers as such, all others by printf's "%.17g". Mirrors
 * d2string(), util.c, Redis 6.2.16. Exact.
 */
export function printfScoreText(score: number): string {
  if (Number.isNaN(score)) return "nan";
  if (!Number.isFinite(score)) return score < 0 ? "-inf" : "inf";
  if (Object.is(score, -0)) return "-0";
  if (Math.abs(score) < MAX_INTEGER && Number.isInteger(score)) return String(score);
  return percent17g(score);
}

/**
 * C's printf("%.17g"): up to 17 significant digits, without trailing zeros,
 * in exponent form below 1e-4 and from 1e17 on.
 */
function percent17g(value: number): string {
  const [mantissa, power] = Math.abs(value)
    .toExponential(DIGITS - 1)
    .split("e") as [string, string];
  const exponent = Number(power);
  const digits = mantissa.replace(".", "").replace(/0+$/, "") || "0";
  const sign = value < 0 ? "-" : "";
  if (exponent < -4 || exponent >= DIGITS) {
    const point = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
    return `${sign}${point}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, "0");
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

/**
 * Bytes of the listpack entry of a zset score where a score that is no integer is printed by "%.17g". Mirrors
 * zzlInsertAt(), t_zset.c, and d2string(), util.c, Redis 7.0.15. Exact.
 */
export function printfScoreEntryBytes(score: number): number {
  if (Number.isInteger(score) && Math.abs(score) <= 2 ** 62) return scoreEntryBytes(score);
  return stringEntryBytes(printfScoreText(score).length);
}
