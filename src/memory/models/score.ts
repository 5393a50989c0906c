import { integerEntryBytes } from "./integer.ts";
import { stringEntryBytes } from "./listpack.ts";

/**
 * Scores beyond this are not tried as integers: LLONG_MAX/2 as a double, double2ll(), util.c, Redis 7.2.6.
 */
const MAX_INTEGER_SCORE = 2 ** 62;

/**
 * Bytes of the listpack entry of a zset score. Mirrors zzlInsertAt(), t_zset.c, double2ll() and d2string(),
 * util.c, Redis 7.2.6. Exact but for the rare doubles whose Grisu2 text is longer than the shortest.
 */
export function scoreEntryBytes(score: number): number {
  if (Math.abs(score) <= MAX_INTEGER_SCORE && Number.isInteger(score)) {
    const high = Math.floor(score / 0x100000000);
    return integerEntryBytes(high | 0, (score - high * 0x100000000) | 0);
  }
  if (!Number.isFinite(score)) return stringEntryBytes(score < 0 ? 4 : 3);
  return doubleEntryBytes(score);
}

/** Layout of a double's text: emit_digits(), fpconv_dtoa.c, as vendored by Redis 7.2.6. */
function doubleEntryBytes(score: number): number {
  const text = Math.abs(score).toExponential();
  const mark = text.indexOf("e");
  const digits = mark === 1 ? 1 : mark - 1;
  const exponent = Number(text.slice(mark + 1));
  const sign = score < 0 ? 1 : 0;
  const scale = exponent - digits + 1;
  const size = Math.abs(exponent);
  if (scale >= 0 && size < digits + 7) {
    const length = digits + scale;
    return length <= 19 && Math.abs(score) < 2 ** 63 ? 10 : stringEntryBytes(sign + length);
  }
  if (scale < 0 && (scale > -7 || size < 4)) {
    const whole = digits + scale;
    return stringEntryBytes(sign + (whole <= 0 ? 2 - whole + digits : digits + 1));
  }
  const kept = Math.min(digits, 18 - sign);
  const point = kept > 1 ? 1 : 0;
  const exponentDigits = size > 99 ? 3 : size > 9 ? 2 : 1;
  return stringEntryBytes(sign + kept + point + 2 + exponentDigits);
}
