import { textIntegerEntryBytes } from "../integer.ts";
import { printfScoreText } from "../printf-score.ts";

/**
 * Bytes of a ziplist without entries: 10 of header, 1 of end.
 * ZIPLIST_HEADER_SIZE + ZIPLIST_END_SIZE, ziplist.c, Redis 6.2.16.
 */
export const ZIPLIST_EMPTY_BYTES = 11;

/**
 * An entry of so many bytes makes the next one name its length in 5
 * bytes. ZIP_BIG_PREVLEN, ziplist.c, Redis 6.2.16.
 */
const ZIP_BIG_PREVLEN = 254;
const MINUS = 0x2d;
const ZERO = 0x30;

/** Bytes of an entry's previous length. Mirrors zipStorePrevEntryLength(), ziplist.c, Redis 6.2.16. Exact. */
export function prevlenBytes(previousEntryBytes: number): number {
  return previousEntryBytes < ZIP_BIG_PREVLEN ? 1 : 5;
}

/**
 * Bytes of a string in a ziplist, without the previous entry's length. Mirrors
 * zipStoreEntryEncoding(), ziplist.c, Redis 6.2.16. Exact.
 */
function zipStringBytes(bytes: number): number {
  return bytes + (bytes <= 0x3f ? 1 : bytes <= 0x3fff ? 2 : 5);
}

/**
 * The same of an integer that fits in an int32 or is larger. Mirrors
 * zipTryEncoding() and zipIntSize(). Exact.
 */
function zipClass(value: number): number {
  if (value >= 0 && value <= 12) return 1;
  if (value >= -128 && value <= 127) return 2;
  if (value >= -32768 && value <= 32767) return 3;
  if (value >= -8388608 && value <= 8388607) return 4;
  return value >= -2147483648 && value <= 2147483647 ? 5 : 9;
}

/** Bytes of the integer `high:low` in a ziplist, without the previous entry's length. Exact. */
export function zipIntegerBytes(high: number, low: number): number {
  return high === low >> 31 ? zipClass(low) : 9;
}

/**
 * Bytes of a text in a ziplist, which is kept as an integer when it is one,
 * without the previous entry's length. Exact.
 */
export function zipTextBytes(bytes: number, buffer: Uint8Array, start: number): number {
  const listpackBytes = textIntegerEntryBytes(bytes, buffer, start);
  if (listpackBytes === 0) return zipStringBytes(bytes);
  if (listpackBytes === 10) return 9;
  return listpackBytes > 3 ? listpackBytes - 1 : zipClass(smallInteger(bytes, buffer, start));
}

/** The value of a text that is an integer of a few digits. */
function smallInteger(bytes: number, buffer: Uint8Array, start: number): number {
  const negative = buffer[start] === MINUS;
  let value = 0;
  for (let i = negative ? 1 : 0; i < bytes; i++) value = value * 10 + (buffer[start + i] as number) - ZERO;
  return negative ? -value : value;
}

const encoder = new TextEncoder();
const scoreText = new Uint8Array(32);

/**
 * Bytes of a score in a ziplist, without the previous entry's length. Mirrors
 * zzlInsertAt(), t_zset.c, Redis 6.2.16. Exact.
 */
export function zipScoreBytes(score: number): number {
  const small = score | 0;
  if (small === score && (small !== 0 || Object.is(score, 0))) return zipClass(small);
  const { written } = encoder.encodeInto(printfScoreText(score), scoreText);
  return zipTextBytes(written, scoreText, 0);
}

/**
 * Sums the entries of one ziplist, appended one by one. Mirrors
 * __ziplistInsert(), ziplist.c, Redis 6.2.16. Exact.
 */
export class Ziplist {
  bytes = ZIPLIST_EMPTY_BYTES;
  private previous = 0;

  reset(): void {
    this.bytes = ZIPLIST_EMPTY_BYTES;
    this.previous = 0;
  }

  /** An entry of `bytes` bytes besides the previous one's length. */
  add(bytes: number): void {
    const entry = bytes + prevlenBytes(this.previous);
    this.previous = entry;
    this.bytes += entry;
  }
}
