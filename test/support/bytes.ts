/** Small helpers shared by the snapshot writer and its tests: nothing here knows the parser. */

/** Bytes of a string (UTF-8) or of a number array. */
export function bytesOf(source: string | readonly number[] | Uint8Array): Buffer {
  if (typeof source === "string") return Buffer.from(source, "utf8");
  return Buffer.from(source as Uint8Array);
}

/** Bytes written as hex, white space ignored: `hex("0b 00 ff")`. */
export function hex(text: string): Buffer {
  return Buffer.from(text.replace(/\s+/g, ""), "hex");
}

/** `width` bytes of an unsigned or two's complement integer, little-endian. */
export function le(value: number | bigint, width: number): Buffer {
  const out = Buffer.alloc(width);
  let rest = BigInt.asUintN(width * 8, BigInt(value));
  for (let i = 0; i < width; i++) {
    out[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return out;
}

/** The same, big-endian. */
export function be(value: number | bigint, width: number): Buffer {
  return Buffer.from(le(value, width).reverse());
}

/** A 64-bit float, little-endian. */
export function doubleLe(value: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeDoubleLE(value);
  return out;
}

/** The integer a text stands for if it is the canonical decimal form of an int64 (as string2ll takes it), else null. */
export function canonicalInteger(text: Uint8Array): bigint | null {
  if (text.length === 0 || text.length > 20) return null;
  const s = Buffer.from(text).toString("latin1");
  if (!/^(0|-?[1-9][0-9]*)$/.test(s)) return null;
  const value = BigInt(s);
  return BigInt.asIntN(64, value) === value ? value : null;
}
