import { type DecimalDigits, grisu2 } from "./grisu2.ts";
import { integerEntryBytes } from "./integer.ts";
import { stringEntryBytes } from "./listpack.ts";

/**
 * Scores beyond this are not tried as integers: LLONG_MAX/2 as a double, double2ll(), util.c, Redis 7.2.6.
 */
const MAX_INTEGER_SCORE = 2 ** 62;

const digits: DecimalDigits = { count: 0, scale: 0 };

/**
 * Bytes of the listpack entry of a zset score. Mirrors zzlInsertAt(), t_zset.c, double2ll() and d2string(),
 * util.c, Redis 7.2.6. Exact.
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
  grisu2(Math.abs(score), digits);
  const { count, scale } = digits;
  const sign = score < 0 ? 1 : 0;
  const size = Math.abs(scale + count - 1);
  if (scale >= 0 && size < count + 7) {
    const length = count + scale;
    return length <= 19 && Math.abs(score) < 2 ** 63 ? 10 : stringEntryBytes(sign + length);
  }
  if (scale < 0 && (scale > -7 || size < 4)) {
    const whole = count + scale;
    return stringEntryBytes(sign + (whole <= 0 ? 2 - whole + count : count + 1));
  }
  const kept = Math.min(count, 18 - sign);
  const point = kept > 1 ? 1 : 0;
  const exponentDigits = size > 99 ? 3 : size > 9 ? 2 : 1;
  return stringEntryBytes(sign + kept + point + 2 + exponentDigits);
}
