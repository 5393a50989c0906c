import { isText } from "../inventory/utf8.ts";
import { unsafeEscaped } from "../reports/json.ts";
import type { Output } from "./output.ts";

/** What bytes that are no text begin with where JSON takes names only. */
const NAME_MARK = Buffer.from("base64:");
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Long texts are written in pieces: no string of this program gets longer than that. */
const PIECE_BYTES = 48 * 1024;

/** Bytes as a JSON value: a string, or `{"base64": "…"}` where they are no UTF-8 text. */
export function writeJsonBytes(out: Output, bytes: Uint8Array, start: number, end: number): void {
  if (isPlain(bytes, start, end)) writePlain(out, bytes, start, end);
  else if (isText(bytes.subarray(start, end), end - start)) writeText(out, bytes, start, end);
  else {
    out.text('{"base64":"');
    writeBase64(out, bytes, start, end);
    out.text('"}');
  }
}

/**
 * Bytes as the name of a JSON object's member: what is no UTF-8 text is `base64:…`, and so is, that names stay
 * different, a text that begins with that.
 */
export function writeJsonName(out: Output, bytes: Uint8Array, start: number, end: number): void {
  const isMarked = NAME_MARK.equals(bytes.subarray(start, Math.min(end, start + NAME_MARK.length)));
  if (!isMarked && isPlain(bytes, start, end)) writePlain(out, bytes, start, end);
  else if (!isMarked && isText(bytes.subarray(start, end), end - start)) writeText(out, bytes, start, end);
  else {
    out.text('"base64:');
    writeBase64(out, bytes, start, end);
    out.text('"');
  }
}

/** ASCII that JSON and terminals take as it is. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte < 0x20 || byte > 0x7e || byte === QUOTE || byte === BACKSLASH) return false;
  }
  return true;
}

function writePlain(out: Output, bytes: Uint8Array, start: number, end: number): void {
  out.text('"');
  out.bytes(bytes, start, end);
  out.text('"');
}

function writeText(out: Output, bytes: Uint8Array, start: number, end: number): void {
  out.text('"');
  for (let at = start; at < end; ) {
    let stop = Math.min(end, at + PIECE_BYTES);
    while (stop < end && (bytes[stop]! & 0xc0) === 0x80) stop--;
    out.text(unsafeEscaped(decode(bytes, at, stop)));
    at = stop;
  }
  out.text('"');
}

function decode(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("utf8");
}

function writeBase64(out: Output, bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; at += PIECE_BYTES) {
    const stop = Math.min(end, at + PIECE_BYTES);
    out.text(Buffer.from(bytes.buffer, bytes.byteOffset + at, stop - at).toString("base64"));
  }
}
