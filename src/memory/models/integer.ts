const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;
/** Longest text of a 64-bit integer: "-9223372036854775808". */
const MAX_TEXT = 20;
const INT64_MAX_DIGITS = Uint8Array.from("9223372036854775807", (digit) => digit.charCodeAt(0));

/**
 * Bytes of a listpack entry (encoding and back length) that holds an
 * integer which fits a double exactly or is larger.
 */
export function listpackClass(value: number): number {
  if (value >= 0 && value <= 127) return 2;
  if (value >= -4096 && value <= 4095) return 3;
  if (value >= -32768 && value <= 32767) return 4;
  if (value >= -8388608 && value <= 8388607) return 5;
  return value >= -2147483648 && value <= 2147483647 ? 6 : 10;
}

/**
 * Bytes of a listpack entry of the integer `high:low`. Mirrors
 * lpEncodeIntegerGetType(), listpack.c, Redis 7.2.6. Exact.
 */
export function integerEntryBytes(high: number, low: number): number {
  return high === low >> 31 ? listpackClass(low) : 10;
}

/**
 * Bytes of a listpack entry of a text that is a canonical 64-bit integer, 0 when it is none ("007", "-0",
 * "+1", "1.0"). Mirrors lpStringToInt64(), listpack.c, and string2ll(), util.c, Redis 7.2.6. Exact.
 */
export function textIntegerEntryBytes(bytes: number, buffer: Uint8Array, start: number): number {
  if (bytes > MAX_TEXT || bytes === 0) return 0;
  let byte = buffer[start] as number;
  if (byte > NINE) return 0;
  if (byte === ZERO) return bytes === 1 ? 2 : 0;
  const end = start + bytes;
  let at = start;
  const negative = byte === MINUS;
  if (negative) {
    if (bytes === 1) return 0;
    byte = buffer[++at] as number;
    if (byte > NINE || byte === ZERO) return 0;
  }
  const first = at;
  let value = 0;
  while (at < end) {
    byte = buffer[at++] as number;
    if (byte < ZERO || byte > NINE) return 0;
    value = value * 10 + (byte - ZERO);
  }
  const digits = end - first;
  if (digits >= 19 && (digits > 19 || !fitsInt64(buffer, first, negative))) return 0;
  return listpackClass(negative ? -value : value);
}

function fitsInt64(buffer: Uint8Array, first: number, negative: boolean): boolean {
  for (let i = 0; i < 19; i++) {
    const difference = (buffer[first + i] as number) - (INT64_MAX_DIGITS[i] as number);
    if (difference !== 0) return difference < 0 || (i === 18 && difference === 1 && negative);
  }
  return true;
}

/** Length of the decimal text of the integer `high:low`. Mirrors ll2string(), util.c, Redis 7.2.6. Exact. */
export function integerDigits(high: number, low: number): number {
  if (high !== low >> 31) return wideDigits(high, low);
  if (low < 0) return low === -2147483648 ? 11 : 1 + uintDigits(-low);
  return uintDigits(low);
}

function uintDigits(value: number): number {
  if (value < 10000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4;
  if (value < 100000000) return value < 1000000 ? (value < 100000 ? 5 : 6) : value < 10000000 ? 7 : 8;
  return value < 1000000000 ? 9 : 10;
}

/** Powers of ten that a double cannot tell from their neighbours are compared by halves. */
const POWER_HIGH = [232830643, 23283064, 2328306];
const POWER_LOW = [0xa7640000, 0x5d8a0000, 0x6fc10000];

function wideDigits(high: number, low: number): number {
  let upper = high;
  let lower = low >>> 0;
  let sign = 0;
  if (high < 0) {
    sign = 1;
    lower = -low >>> 0;
    upper = (~high >>> 0) + (lower === 0 ? 1 : 0);
  }
  for (let i = 0; i < 3; i++) {
    const limit = POWER_HIGH[i] as number;
    if (upper > limit || (upper === limit && lower >= (POWER_LOW[i] as number))) return sign + 19 - i;
  }
  const value = upper * 0x100000000 + lower;
  if (value >= 1e15) return sign + 16;
  let digits = 10;
  for (let power = 1e10; value >= power; power *= 10) digits++;
  return sign + digits;
}

/** Writes the decimal text of `high:low` at the start of `out`; its length. Not for the hot path. */
export function writeInteger(high: number, low: number, out: Uint8Array): number {
  const text = String((BigInt(high) << 32n) | BigInt(low >>> 0));
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  return text.length;
}
