import { BYTE_CLASS, DIGIT, HEX, HIGH, JOINT, LETTER, LOWER, LOWER_HEX, UPPER, UPPER_HEX } from "./bytes.ts";

const COLON = 0x3a;
const DASH = 0x2d;
const DOT = 0x2e;
const UNDERSCORE = 0x5f;
const AT = 0x40;
const PLUS = 0x2b;
const SMALL = LOWER | LOWER_HEX;
const LARGE = UPPER | UPPER_HEX;

/**
 * Where an id of several parts ends that begins at `p`: a UUID, a date or time, an address (IPv4, MAC), a decimal, a phone
 * number, a long random text with `-` and `_`. `p` itself where there is none. It ends before a joint, or at `end`.
 */
export function endOfLongId(bytes: Uint8Array, p: number, end: number): number {
  const first = BYTE_CLASS[bytes[p]!]!;
  if ((first & (DIGIT | LETTER)) === 0) {
    const byte = bytes[p]!;
    if (byte === PLUS) return closed(bytes, p, phone(bytes, p, end), end);
    if (byte === DASH && isDigit(bytes, p + 1, end)) return closed(bytes, p, decimal(bytes, p + 1, end), end);
    return byte === DASH || byte === UNDERSCORE ? randomText(bytes, p, end) : p;
  }
  let at = p;
  if ((first & HEX) !== 0) {
    at = uuid(bytes, p, end);
    if (at === p) at = mac(bytes, p, end);
    if (at === p && first === DIGIT) {
      at = dateTime(bytes, p, end);
      if (at === p) at = ipv4(bytes, p, end);
      if (at === p) at = decimal(bytes, p, end);
    }
    at = closed(bytes, p, at, end);
  }
  return at === p ? randomText(bytes, p, end) : at;
}

/** `at`, unless letters or digits follow there: then `p`, as it was no id. */
function closed(bytes: Uint8Array, p: number, at: number, end: number): number {
  return at < end && (BYTE_CLASS[bytes[at]!]! & JOINT) === 0 ? p : at;
}

function isDigit(bytes: Uint8Array, p: number, end: number): boolean {
  return p < end && BYTE_CLASS[bytes[p]!] === DIGIT;
}

function digitsEnd(bytes: Uint8Array, p: number, end: number): number {
  let at = p;
  while (at < end && BYTE_CLASS[bytes[at]!] === DIGIT) at++;
  return at;
}

function areHex(bytes: Uint8Array, start: number, end: number): boolean {
  for (let p = start; p < end; p++) if ((BYTE_CLASS[bytes[p]!]! & HEX) === 0) return false;
  return true;
}

function uuid(bytes: Uint8Array, p: number, end: number): number {
  if (end - p < 36 || bytes[p + 8] !== DASH || bytes[p + 13] !== DASH) return p;
  if (bytes[p + 18] !== DASH || bytes[p + 23] !== DASH || !areHex(bytes, p, p + 8)) return p;
  if (!areHex(bytes, p + 9, p + 13) || !areHex(bytes, p + 14, p + 18)) return p;
  return areHex(bytes, p + 19, p + 23) && areHex(bytes, p + 24, p + 36) ? p + 36 : p;
}

/** Whether all of `[start, end)` is a UUID. */
export function isUuid(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === 36 && uuid(bytes, start, end) === end;
}

function mac(bytes: Uint8Array, p: number, end: number): number {
  const joint = bytes[p + 2];
  if (end - p < 17 || (joint !== COLON && joint !== DASH)) return p;
  for (let i = 0; i < 6; i++) {
    if (!areHex(bytes, p + i * 3, p + i * 3 + 2)) return p;
    if (i < 5 && bytes[p + i * 3 + 2] !== joint) return p;
  }
  return hasLetter(bytes, p, p + 17) ? p + 17 : p;
}

function hasLetter(bytes: Uint8Array, start: number, end: number): boolean {
  for (let p = start; p < end; p++) if ((BYTE_CLASS[bytes[p]!]! & LETTER) !== 0) return true;
  return false;
}

function ipv4(bytes: Uint8Array, p: number, end: number): number {
  let at = p;
  for (let i = 0; i < 4; i++) {
    const next = digitsEnd(bytes, at, end);
    if (next === at || next - at > 3) return p;
    if (i < 3 && bytes[next] !== DOT) return p;
    at = i < 3 ? next + 1 : next;
  }
  return at;
}

/** Digits, a dot, digits: `p` where that is not so. A sign before them is the caller's. */
function decimal(bytes: Uint8Array, p: number, end: number): number {
  const dot = digitsEnd(bytes, p, end);
  if (dot === p || bytes[dot] !== DOT) return p;
  const at = digitsEnd(bytes, dot + 1, end);
  return at === dot + 1 || bytes[at] === DOT ? p : at;
}

function phone(bytes: Uint8Array, p: number, end: number): number {
  const at = digitsEnd(bytes, p + 1, end);
  return at - p > 7 ? at : p;
}

/** `2026-11`, `2026-11-21`, `2026-W47`, and what may follow: `T10`, `T10:05:00.000Z`, `-10`. */
function dateTime(bytes: Uint8Array, p: number, end: number): number {
  const year = bytes[p]! * 256 + bytes[p + 1]!;
  if ((year !== 0x3139 && year !== 0x3230) || digitsEnd(bytes, p, end) !== p + 4) return p;
  if (bytes[p + 4] !== DASH) return p;
  if (bytes[p + 5] === 0x57) return digitsEnd(bytes, p + 6, end) === p + 8 ? p + 8 : p;
  let at = twoDigits(bytes, p + 4, end);
  if (at === p + 4) return p;
  at = twoDigits(bytes, at, end);
  if (at < end && (bytes[at] === 0x54 || bytes[at] === 0x74)) return timeEnd(bytes, at, end);
  return at === p + 10 ? twoDigits(bytes, at, end) : at;
}

/** Behind a joint `-` and two digits that stand at `p`; `p` where they do not. */
function twoDigits(bytes: Uint8Array, p: number, end: number): number {
  return bytes[p] === DASH && digitsEnd(bytes, p + 1, end) === p + 3 ? p + 3 : p;
}

/** Behind a time whose `T` stands at `p`. */
function timeEnd(bytes: Uint8Array, p: number, end: number): number {
  let at = digitsEnd(bytes, p + 1, end);
  if (at - p < 3) return p;
  while (bytes[at] === COLON && digitsEnd(bytes, at + 1, end) === at + 3) at += 3;
  if (bytes[at] === DOT) at = digitsEnd(bytes, at + 1, end);
  return at < end && (bytes[at] === 0x5a || bytes[at] === 0x7a) ? at + 1 : at;
}

/** Letters of both cases, digits, `-` and `_`, 20 or more, that change their kind all the time. */
function randomText(bytes: Uint8Array, p: number, end: number): number {
  let at = p;
  let before = 0;
  let changes = 0;
  let cases = 0;
  let numbers = 0;
  if (end - p < 20 || beginsWithWord(bytes, p, end)) return p;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    let kind = BYTE_CLASS[byte]!;
    if (kind & SMALL) kind = SMALL;
    else if (kind & LARGE) kind = LARGE;
    else if (byte !== DASH && byte !== UNDERSCORE && kind !== DIGIT) break;
    if (kind !== before) {
      changes++;
      if (kind === DIGIT) numbers++;
      else if ((kind | before) === (SMALL | LARGE)) cases++;
    }
    before = kind;
  }
  return at - p >= 20 &&
    cases >= 3 &&
    changes * 3 >= at - p &&
    (numbers > 1 || (numbers === 1 && changes * 2 > at - p))
    ? at
    : p;
}

/** Whether three letters of one case or more, and perhaps digits, stand before the first `-` or `_`. */
function beginsWithWord(bytes: Uint8Array, p: number, end: number): boolean {
  let at = p;
  const letters = (BYTE_CLASS[bytes[p]!]! & SMALL) !== 0 ? SMALL : LARGE;
  while (at < end && (BYTE_CLASS[bytes[at]!]! & letters) !== 0) at++;
  if (at - p < 3) return false;
  at = digitsEnd(bytes, at, end);
  return at < end && (bytes[at] === DASH || bytes[at] === UNDERSCORE);
}

/** Where an e-mail address that fills a segment, up to a joint such as `}`, ends; `start` where there is none. */
export function endOfEmail(bytes: Uint8Array, start: number, end: number): number {
  let at = -1;
  let dot = -1;
  let p = start;
  for (; p < end; p++) {
    const byte = bytes[p]!;
    if (byte === AT) {
      if (at >= 0) return start;
      at = p;
    } else if (byte === DOT) dot = p;
    else if ((BYTE_CLASS[byte]! & JOINT) !== 0 && byte !== DASH && byte !== UNDERSCORE && byte !== PLUS)
      break;
  }
  return at > start && dot > at + 1 && dot < p - 1 ? p : start;
}

/** Where the `x` stands in two numbers such as `640x480`; `start` where the token is not that. */
export function timesIn(bytes: Uint8Array, start: number, end: number): number {
  const x = digitsEnd(bytes, start, end);
  if (x === start || x + 1 >= end || bytes[x] !== 0x78) return start;
  return digitsEnd(bytes, x + 1, end) === end ? x : start;
}

/** `idInToken` answered: no id. */
export const NO_ID = -1;

/**
 * What of a run of letters and digits is an id: it begins so many bytes behind the start (0: all of it); NO_ID: none.
 * `mask` unites the classes of its bytes.
 */
export function idInToken(bytes: Uint8Array, start: number, end: number, mask: number): number {
  const length = end - start;
  if (mask === DIGIT) return 0;
  if ((mask & HIGH) !== 0) return NO_ID;
  if ((mask & DIGIT) === 0) return isRandomLetters(bytes, start, end, mask) ? 0 : NO_ID;
  if (isHexNumber(mask, length)) return 0;
  const first = firstDigit(bytes, start, end);
  if (first === 0) {
    const behind = digitsEnd(bytes, start, end);
    if (behind - start >= 4 || (length >= 8 && hasDigit(bytes, behind, end))) return 0;
    return length >= 20 && (mask & SMALL) === 0 ? 0 : NO_ID;
  }
  const behind = digitsEnd(bytes, start + first, end);
  if (behind < end) return length >= 8 ? 0 : NO_ID;
  return behind - start - first >= 4 ? first : NO_ID;
}

/** Eight or more hex digits, not letters alone. */
export function isHexNumber(mask: number, length: number): boolean {
  return length >= 8 && (mask & DIGIT) !== 0 && (mask & ~HEX) === 0;
}

/** Hex letters alone, 16 or more, or letters whose case changes all the time, 20 or more. */
function isRandomLetters(bytes: Uint8Array, start: number, end: number, mask: number): boolean {
  const length = end - start;
  if (length < 16) return false;
  if ((mask & ~HEX) === 0) return true;
  if (length < 20 || (mask & SMALL) === 0 || (mask & LARGE) === 0) return false;
  let changes = 0;
  for (let p = start + 1; p < end; p++) {
    if (((BYTE_CLASS[bytes[p]!]! & SMALL) === 0) !== ((BYTE_CLASS[bytes[p - 1]!]! & SMALL) === 0)) changes++;
  }
  return changes * 3 >= length;
}

function firstDigit(bytes: Uint8Array, start: number, end: number): number {
  let p = start;
  while (p < end && BYTE_CLASS[bytes[p]!] !== DIGIT) p++;
  return p - start;
}

function hasDigit(bytes: Uint8Array, start: number, end: number): boolean {
  return firstDigit(bytes, start, end) < end - start;
}
