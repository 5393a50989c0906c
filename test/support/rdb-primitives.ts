import { be, bytesOf, canonicalInteger, le } from "./bytes.ts";

/** What a string can be given as; text becomes UTF-8. */
export type Text = string | Uint8Array;

/** The forms of a length: `auto` takes the shortest. */
export type LengthForm = "auto" | "6" | "14" | "32" | "64";

/** Length encoding. A forced form that cannot hold the number throws. */
export function len(value: number | bigint, form: LengthForm = "auto"): Buffer {
  const n = BigInt(value);
  const width = form === "auto" ? (n < 64n ? "6" : n < 16384n ? "14" : n <= 0xffffffffn ? "32" : "64") : form;
  if (n < 0n || n >= 1n << BigInt(width)) throw new RangeError(`${n} does not fit a ${width}-bit length`);
  if (width === "6") return be(n, 1);
  if (width === "14") return be(n | 0x4000n, 2);
  if (width === "32") return Buffer.concat([Buffer.of(0x80), be(n, 4)]);
  return Buffer.concat([Buffer.of(0x81), be(n, 8)]);
}

/** The forms of a string. `auto`: integer form when canonical and within int32 (and at most 11 bytes), else raw. */
export type StringForm = "auto" | "raw" | "int8" | "int16" | "int32" | "lzf";

/** String encoding. `lzf` falls back to raw when the text does not get smaller, unless `force` is set. */
export function str(text: Text, form: StringForm = "auto", lengthForm: LengthForm = "auto"): Buffer {
  const bytes = bytesOf(text);
  if (form === "lzf") {
    const packed = lzfCompress(bytes);
    if (packed.length < bytes.length) {
      return Buffer.concat([
        Buffer.of(0xc3),
        len(packed.length, lengthForm),
        len(bytes.length, lengthForm),
        packed,
      ]);
    }
    return Buffer.concat([len(bytes.length, lengthForm), bytes]);
  }
  if (form === "raw") return Buffer.concat([len(bytes.length, lengthForm), bytes]);
  const value = canonicalInteger(bytes);
  const bits = form === "auto" ? fittingBits(value) : Number(form.slice(3));
  if (value === null || bits === 0 || BigInt.asIntN(bits, value) !== value) {
    if (form !== "auto") throw new RangeError(`not an ${form}: ${bytes.toString("latin1")}`);
    return Buffer.concat([len(bytes.length, lengthForm), bytes]);
  }
  return Buffer.concat([Buffer.of(bits === 8 ? 0xc0 : bits === 16 ? 0xc1 : 0xc2), le(value, bits / 8)]);
}

function fittingBits(value: bigint | null): number {
  if (value === null) return 0;
  for (const bits of [8, 16, 32]) if (BigInt.asIntN(bits, value) === value) return bits;
  return 0;
}

/**
 * LZF, the simple way: greedy, last occurrence of each 3 bytes. Literal run `000LLLLL` (L+1 bytes), back reference
 * `LLLooooo oooooooo` (L+2 bytes, distance o+1) or `111ooooo LLLLLLLL oooooooo` (L+9 bytes).
 */
export function lzfCompress(input: Uint8Array): Buffer {
  const out: number[] = [];
  const seen = new Map<number, number>();
  let literals: number[] = [];
  const flush = () => {
    for (let i = 0; i < literals.length; i += 32) {
      const run = literals.slice(i, i + 32);
      out.push(run.length - 1, ...run);
    }
    literals = [];
  };
  let at = 0;
  while (at < input.length) {
    const hash = at + 2 < input.length ? (input[at]! << 16) | (input[at + 1]! << 8) | input[at + 2]! : -1;
    const from = hash < 0 ? undefined : seen.get(hash);
    if (hash >= 0) seen.set(hash, at);
    if (from === undefined || at - from > 8192) {
      literals.push(input[at]!);
      at++;
      continue;
    }
    let run = 3;
    while (run < 264 && at + run < input.length && input[from + run] === input[at + run]) run++;
    flush();
    const distance = at - from - 1;
    if (run < 9) out.push(((run - 2) << 5) | (distance >> 8), distance & 0xff);
    else out.push(0xe0 | (distance >> 8), run - 9, distance & 0xff);
    at += run;
  }
  flush();
  return Buffer.from(out);
}

const CRC_POLYNOMIAL = 0x95ac9329ac4bc9b5n;
const CRC_TABLE: readonly bigint[] = Array.from({ length: 256 }, (_, byte) => {
  let crc = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ CRC_POLYNOMIAL : crc >> 1n;
  return crc;
});

/** CRC-64 of Jones, reflected, no initial or final xor. Check value of "123456789": e9c6d914c4b8d9ca. */
export function crc64Jones(bytes: Uint8Array, start = 0n): bigint {
  let crc = start;
  for (const byte of bytes) crc = (crc >> 8n) ^ CRC_TABLE[Number((crc ^ BigInt(byte)) & 0xffn)]!;
  return crc;
}
