/** Bytes of a name that messages show. */
const SHOWN_BYTES = 80;

/** A name in quotes for a message, its beginning at most. */
export function quoted(name: Uint8Array): string {
  return JSON.stringify(new TextDecoder().decode(name.subarray(0, SHOWN_BYTES)));
}

/** True when the bytes are valid UTF-8 without a NUL: such a key is stored as TEXT, any other as a BLOB. */
export function isText(bytes: Uint8Array, length: number): boolean {
  for (let i = 0; i < length; i++) {
    const byte = bytes[i]!;
    if (byte >= 0x80) return isUtf8From(bytes, i, length);
    if (byte === 0) return false;
  }
  return true;
}

/** A name as it is stored and answered: a string where it is text, else its bytes. Copies them. */
export function textOrBytes(name: Uint8Array): string | Buffer {
  const bytes = Buffer.from(name);
  return isText(bytes, bytes.length) ? bytes.toString("utf8") : bytes;
}

function isUtf8From(bytes: Uint8Array, start: number, length: number): boolean {
  for (let i = start; i < length; ) {
    const lead = bytes[i]!;
    if (lead === 0) return false;
    const size = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (size === 0 || i + size > length) return false;
    if (size > 1 && !secondFits(lead, bytes[i + 1]!)) return false;
    for (let k = 2; k < size; k++) if ((bytes[i + k]! & 0xc0) !== 0x80) return false;
    i += size;
  }
  return true;
}

/** Refuses overlong forms, surrogates and code points over U+10FFFF. */
function secondFits(lead: number, second: number): boolean {
  if ((second & 0xc0) !== 0x80) return false;
  if (lead === 0xe0) return second >= 0xa0;
  if (lead === 0xed) return second < 0xa0;
  if (lead === 0xf0) return second >= 0x90;
  if (lead === 0xf4) return second < 0x90;
  return true;
}
