/** What a byte of a key can be; a segment's mask is the union of its bytes' bits. */
const DIGIT = 1;
const HEX_LETTER = 2;
const OTHER = 4;
const JOINT = 8;
const BRACE = 16;
const HIGH = 32;
const CONTROL = 64;
const AT = 128;

/** Segments longer than this many bytes are `*`. */
const MAX_SEGMENT_BYTES = 64;

const STAR = 0x2a;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** The bit of every byte value. */
export const BYTE_CLASS = new Uint8Array(256).map((_, byte) => classOf(byte));

function classOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return DIGIT;
  if ((byte >= 0x61 && byte <= 0x66) || (byte >= 0x41 && byte <= 0x46)) return HEX_LETTER;
  if (byte < 0x20 || byte === 0x7f) return CONTROL;
  if (byte >= 0x80) return HIGH;
  if (byte === 0x40) return AT;
  if (byte === OPEN || byte === CLOSE) return BRACE;
  return "-_./|+#=,; ".includes(String.fromCharCode(byte)) ? JOINT : OTHER;
}

/** The text a wildcard of each brace shape prints: bare, opening, closing, or a whole hash tag. */
export const SHAPE_TEXT = ["*", "{*", "*}", "{*}"] as const;

/** Number of brace shapes. */
export const SHAPES = SHAPE_TEXT.length;

/** `recognise` answered: the segment is a literal, exactly as it stands. */
export const LITERAL = -1;

/** `recognise` answered: the segment is a wildcard of shape 0 (others follow: `WILDCARD - shape`). */
export const WILDCARD = -2;

/** Where `recognise` leaves a partly replaced segment; its answer is the length. */
export const SCRATCH = new Uint8Array(MAX_SEGMENT_BYTES);

/** Brace shape of the segment in `[start, end)`: an index into SHAPE_TEXT. */
export function shapeOf(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 2) return 0;
  const opens = bytes[start] === OPEN;
  const closes = bytes[end - 1] === CLOSE;
  if (opens === closes) return opens ? 3 : 0;
  for (let p = start + 1; p < end - 1; p++) if (bytes[p] === (opens ? CLOSE : OPEN)) return 0;
  return opens ? 1 : 2;
}

/**
 * Says what the segment in `[start, end)`, whose bytes' classes unite to `mask`, is: LITERAL, WILDCARD - shape, or a
 * length >= 0: then it is the text in SCRATCH, in which ids between joints became `*` (`order-17` -> `order-*`).
 */
export function recognise(bytes: Uint8Array, start: number, end: number, mask: number): number {
  const length = end - start;
  if (mask === DIGIT) return WILDCARD;
  if ((mask & (DIGIT | AT | HIGH | CONTROL)) === 0 && length <= MAX_SEGMENT_BYTES) {
    return mask === HEX_LETTER && length >= 16 ? WILDCARD : LITERAL;
  }
  if (length > MAX_SEGMENT_BYTES || (mask & CONTROL) !== 0) return WILDCARD;
  if ((mask & HIGH) !== 0 && !isUtf8(bytes, start, end)) return WILDCARD;
  if ((mask & (DIGIT | AT)) === 0) return LITERAL;
  if ((mask & (BRACE | JOINT | AT)) === 0) return isIdPart(bytes, start, end, mask) ? WILDCARD : LITERAL;
  const shape = (mask & BRACE) === 0 ? 0 : shapeOf(bytes, start, end);
  const from = start + (shape & 1);
  const to = end - (shape >> 1);
  if (isUuid(bytes, from, to, mask)) return WILDCARD - shape;
  if ((mask & AT) !== 0 && isEmail(bytes, from, to)) return WILDCARD - shape;
  return replaceParts(bytes, start, end, shape);
}

/** Copies the segment to SCRATCH with every part that is an id replaced; a segment of ids only is a wildcard. */
function replaceParts(bytes: Uint8Array, start: number, end: number, shape: number): number {
  let out = 0;
  let ids = 0;
  let words = 0;
  let braces = 0;
  for (let p = start; p < end; ) {
    const kind = BYTE_CLASS[bytes[p]!]!;
    if ((kind & (JOINT | BRACE | AT)) !== 0) {
      if (kind === BRACE) braces++;
      SCRATCH[out++] = bytes[p++]!;
      continue;
    }
    const partStart = p;
    let mask = 0;
    for (; p < end; p++) {
      const bit = BYTE_CLASS[bytes[p]!]!;
      if ((bit & (JOINT | BRACE | AT)) !== 0) break;
      mask |= bit;
    }
    if (isIdPart(bytes, partStart, p, mask)) {
      SCRATCH[out++] = STAR;
      ids++;
    } else {
      for (let q = partStart; q < p; q++) SCRATCH[out++] = bytes[q]!;
      words++;
    }
  }
  if (ids === 0) return LITERAL;
  const shapeBraces = (shape & 1) + (shape >> 1);
  return words === 0 && braces === shapeBraces ? WILDCARD - shape : out;
}

/** Whether a run without joints is an id: a number, hex, a long token with digits, or a piece of an ISO date. */
function isIdPart(bytes: Uint8Array, start: number, end: number, mask: number): boolean {
  if (mask === DIGIT) return true;
  if ((mask & DIGIT) === 0) return mask === HEX_LETTER && end - start >= 16;
  if ((mask & (HIGH | BRACE | JOINT | AT)) !== 0) return false;
  const length = end - start;
  if ((mask & OTHER) === 0 && length >= 8) return true;
  return (length >= 16 && countDigits(bytes, start, end) >= 3) || isTimePart(bytes, start, end);
}

function countDigits(bytes: Uint8Array, start: number, end: number): number {
  let digits = 0;
  for (let p = start; p < end; p++) if (BYTE_CLASS[bytes[p]!] === DIGIT) digits++;
  return digits;
}

/** `21T10`, `20261121T100000Z`, `00Z`: at least two digits, then perhaps T and digits, then perhaps Z. */
function isTimePart(bytes: Uint8Array, start: number, end: number): boolean {
  let p = skipDigits(bytes, start, end);
  if (p - start < 2) return false;
  if (p < end && bytes[p] === 0x54) p = skipDigits(bytes, p + 1, end);
  if (p < end && bytes[p] === 0x5a) p++;
  return p === end;
}

function skipDigits(bytes: Uint8Array, start: number, end: number): number {
  let p = start;
  while (p < end && BYTE_CLASS[bytes[p]!] === DIGIT) p++;
  return p;
}

/** 8-4-4-4-12: `mask` has already said that there are only hex digits and joints, so the dashes decide. */
function isUuid(bytes: Uint8Array, start: number, end: number, mask: number): boolean {
  if (end - start !== 36 || (mask & ~BRACE) !== (DIGIT | HEX_LETTER | JOINT)) return false;
  return (
    bytes[start + 8] === 0x2d &&
    bytes[start + 13] === 0x2d &&
    bytes[start + 18] === 0x2d &&
    bytes[start + 23] === 0x2d
  );
}

/** One `@` with something before it and a dot somewhere after it. */
function isEmail(bytes: Uint8Array, start: number, end: number): boolean {
  let at = -1;
  let dot = -1;
  for (let p = start; p < end; p++) {
    if (bytes[p] === 0x40) {
      if (at >= 0) return false;
      at = p;
    } else if (bytes[p] === 0x2e && at >= 0) dot = p;
  }
  return at > start && dot > at + 1 && dot < end - 1;
}

/** Whether `[start, end)` is well-formed UTF-8 (no overlong form, no surrogate, at most U+10FFFF) without U+0080..U+009F. */
function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  for (let p = start; p < end; ) {
    const lead = bytes[p++]!;
    if (lead < 0x80) continue;
    const more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || p + more > end) return false;
    const second = bytes[p]!;
    if (lead === 0xc2 && second < 0xa0) return false;
    if ((lead === 0xe0 && second < 0xa0) || (lead === 0xed && second > 0x9f)) return false;
    if ((lead === 0xf0 && second < 0x90) || (lead === 0xf4 && second > 0x8f)) return false;
    for (const last = p + more; p < last; p++) if ((bytes[p]! & 0xc0) !== 0x80) return false;
  }
  return true;
}
