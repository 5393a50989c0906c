import { len, lzfCompress } from "../../support/rdb-primitives.ts";
import { lzfExpand } from "../unpack.ts";
import { otherLength } from "./lengths.ts";
import { type Mutation, replaced, someString } from "./mutation.ts";

const MAX_BOMB_BYTES = 4096;

/** An LZF string with the lengths given, true or not. */
function lzfString(packed: Uint8Array, packedLength: Uint8Array, plainLength: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(0xc3), packedLength, plainLength, packed]);
}

/** A string compressed, with lengths that lie. */
export const lieAboutLzf: Mutation = (patient) => {
  const { bytes, random } = patient;
  const { at, content, end, plain } = someString(patient);
  const stored = bytes.subarray(content, end);
  const packed = plain === undefined ? lzfCompress(stored.subarray(0, 16_384)) : stored;
  const size = plain ?? stored.length;
  const first = random.chance(0.5) ? len(packed.length) : otherLength(packed.length, random);
  const second = random.chance(0.3) ? len(size) : otherLength(size, random);
  return replaced(bytes, at, end, lzfString(packed, first, second));
};

/** A few bytes that expand as far as LZF can: 264 bytes from three. */
export const bomb: Mutation = (patient) => {
  const { bytes, random } = patient;
  const { at, end } = someString(patient);
  const runs = 1 + random.small(MAX_BOMB_BYTES / 3);
  const parts = [Buffer.of(0, random.next())];
  for (let i = 0; i < runs; i++) parts.push(Buffer.of(0xe0, 0xff, random.chance(0.01) ? 0xff : 0));
  const packed = Buffer.concat(parts);
  const size = 1 + runs * 264 + (random.chance(0.7) ? 0 : random.between(-1, 1));
  return replaced(bytes, at, end, lzfString(packed, len(packed.length), len(size)));
};

/** Bytes of the compressed data changed, so that copies reach too far back or runs too far. */
export const damageLzf: Mutation = ({ bytes, places, random }) => {
  const compressed = places.strings.filter(({ plain }) => plain !== undefined);
  if (compressed.length === 0) return undefined;
  const { content, end } = random.pick(compressed);
  if (end === content) return undefined;
  const out = Buffer.from(bytes);
  for (let n = random.between(1, 4); n > 0; n--) out[random.between(content, end - 1)] = random.next();
  return out;
};

/** The same text, expanded or compressed: nothing else may change. */
export const recompress: Mutation = (patient) => {
  const { bytes } = patient;
  const { at, content, end, plain } = someString(patient);
  const stored = bytes.subarray(content, end);
  if (plain === undefined) {
    if (stored.length === 0 || stored.length > 65_536) return undefined;
    const packed = lzfCompress(stored);
    return replaced(bytes, at, end, lzfString(packed, len(packed.length), len(stored.length)));
  }
  const expanded = lzfExpand(stored, plain);
  return expanded && replaced(bytes, at, end, Buffer.concat([len(plain), expanded]));
};
