/** What a byte of a name can be; the mask of a run is the union of its bytes' bits. */
export const DIGIT = 1;
export const LOWER_HEX = 2;
export const LOWER = 4;
export const UPPER_HEX = 8;
export const UPPER = 16;
export const HIGH = 32;
/** ASCII that is neither letter nor digit. */
export const JOINT = 64;
export const CONTROL = 128;

export const LETTER = LOWER_HEX | LOWER | UPPER_HEX | UPPER;
export const HEX = DIGIT | LOWER_HEX | UPPER_HEX;

/** The bit of every byte value. */
export const BYTE_CLASS = new Uint8Array(256).map((_, byte) => {
  if (byte >= 0x30 && byte <= 0x39) return DIGIT;
  if (byte >= 0x61 && byte <= 0x7a) return byte <= 0x66 ? LOWER_HEX : LOWER;
  if (byte >= 0x41 && byte <= 0x5a) return byte <= 0x46 ? UPPER_HEX : UPPER;
  if (byte < 0x20 || byte === 0x7f) return CONTROL;
  return byte >= 0x80 ? HIGH : JOINT;
});

/** Whether `[start, end)` is well-formed UTF-8 (no overlong form, no surrogate, at most U+10FFFF) without U+0080..U+009F. */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
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
