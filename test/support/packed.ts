import { be, bytesOf, canonicalInteger, le } from "./bytes.ts";
import type { Text } from "./rdb-primitives.ts";

/** An element of a packed blob: a text is held as an integer when it is canonical, unless `{ raw }`. */
export type Packed = Text | number | bigint | { readonly raw: Text };

function split(element: Packed): { text: Buffer; value: bigint | null } {
  if (typeof element === "number" || typeof element === "bigint") {
    return { text: bytesOf(String(element)), value: BigInt(element) };
  }
  if (typeof element === "object" && "raw" in element) return { text: bytesOf(element.raw), value: null };
  const text = bytesOf(element);
  return { text, value: canonicalInteger(text) };
}

const fits = (value: bigint, bits: number) => BigInt.asIntN(bits, value) === value;

/** One listpack entry without its back length. */
function listpackEntry(element: Packed): Buffer {
  const { text, value } = split(element);
  if (value !== null) {
    if (value >= 0n && value <= 127n) return Buffer.of(Number(value));
    if (fits(value, 13)) return be(BigInt.asUintN(13, value) | 0xc000n, 2);
    for (const [bits, code] of [
      [16, 0xf1],
      [24, 0xf2],
      [32, 0xf3],
      [64, 0xf4],
    ] as const) {
      if (fits(value, bits)) return Buffer.concat([Buffer.of(code), le(value, bits / 8)]);
    }
  }
  const n = text.length;
  if (n < 64) return Buffer.concat([Buffer.of(0x80 | n), text]);
  if (n < 4096) return Buffer.concat([be(0xe000 | n, 2), text]);
  return Buffer.concat([Buffer.of(0xf0), le(n, 4), text]);
}

/**
 * Back length: 7 bits a byte, most significant first, high bit on all but the first. A server that does not compare with
 * `fits` takes a byte more than needed when the length is exactly 2^14-1, 2^21-1 or 2^28-1.
 */
function backLength(n: number, fits: boolean): Buffer {
  const least = fits ? n : n + 1;
  const width = n <= 127 ? 1 : least < 2 ** 14 ? 2 : least < 2 ** 21 ? 3 : least < 2 ** 28 ? 4 : 5;
  const out = Buffer.alloc(width);
  for (let i = 0; i < width; i++)
    out[i] = (Math.floor(n / 128 ** (width - 1 - i)) & 127) | (i === 0 ? 0 : 128);
  return out;
}

/**
 * A listpack. `count` overrides the header's count (65535 = unknown). `fits`: as by servers that know when a back length
 * just fits.
 */
export function listpack(
  elements: readonly Packed[],
  count = Math.min(elements.length, 65535),
  fits = false,
): Buffer {
  const entries = elements.flatMap((element) => {
    const entry = listpackEntry(element);
    return [entry, backLength(entry.length, fits)];
  });
  const body = Buffer.concat(entries);
  return Buffer.concat([le(body.length + 7, 4), le(count, 2), body, Buffer.of(0xff)]);
}

function ziplistEntry(element: Packed): Buffer {
  const { text, value } = split(element);
  if (value !== null) {
    if (value >= 0n && value <= 12n) return Buffer.of(0xf1 + Number(value));
    for (const [bits, code] of [
      [8, 0xfe],
      [16, 0xc0],
      [24, 0xf0],
      [32, 0xd0],
      [64, 0xe0],
    ] as const) {
      if (fits(value, bits)) return Buffer.concat([Buffer.of(code), le(value, bits / 8)]);
    }
  }
  const n = text.length;
  if (n < 64) return Buffer.concat([Buffer.of(n), text]);
  if (n < 16384) return Buffer.concat([be(0x4000 | n, 2), text]);
  return Buffer.concat([Buffer.of(0x80), be(n, 4), text]);
}

/** A ziplist. `count` overrides the header's count (65535 = unknown). */
export function ziplist(elements: readonly Packed[], count = Math.min(elements.length, 65535)): Buffer {
  const parts: Buffer[] = [];
  let previous = 0;
  let total = 10;
  let tail = 10;
  for (const element of elements) {
    const body = ziplistEntry(element);
    const before = previous < 254 ? Buffer.of(previous) : Buffer.concat([Buffer.of(0xfe), le(previous, 4)]);
    tail = total;
    previous = before.length + body.length;
    total += previous;
    parts.push(before, body);
  }
  return Buffer.concat([le(total + 1, 4), le(tail, 4), le(count, 2), ...parts, Buffer.of(0xff)]);
}

function zipmapLength(n: number): Buffer {
  return n < 254 ? Buffer.of(n) : Buffer.concat([Buffer.of(0xfe), le(n, 4)]);
}

/** A zipmap; every value may have `free` slack bytes behind it. */
export function zipmap(pairs: readonly (readonly [Text, Text])[], free = 0): Buffer {
  const parts: Buffer[] = [Buffer.of(Math.min(pairs.length, 254))];
  for (const [field, value] of pairs) {
    const name = bytesOf(field);
    const text = bytesOf(value);
    parts.push(
      zipmapLength(name.length),
      name,
      zipmapLength(text.length),
      Buffer.of(free),
      text,
      Buffer.alloc(free),
    );
  }
  return Buffer.concat([...parts, Buffer.of(0xff)]);
}

/** An intset: sorted, `width` 2, 4 or 8 bytes (the narrowest when not given). */
export function intset(values: readonly bigint[], width?: 2 | 4 | 8): Buffer {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const bytes = width ?? (sorted.every((v) => fits(v, 16)) ? 2 : sorted.every((v) => fits(v, 32)) ? 4 : 8);
  return Buffer.concat([le(bytes, 4), le(sorted.length, 4), ...sorted.map((v) => le(v, bytes))]);
}
