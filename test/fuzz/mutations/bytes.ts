import { be, le } from "../../support/bytes.ts";
import type { Mutation } from "./mutation.ts";

const TELLING = [0x00, 0x01, 0x3f, 0x40, 0x7f, 0x80, 0x81, 0xbf, 0xc0, 0xc3, 0xe0, 0xf0, 0xf4, 0xfe, 0xff];

export const flipBits: Mutation = ({ bytes, random }) => {
  const out = Buffer.from(bytes);
  for (let n = random.between(1, 8); n > 0; n--) out[random.below(out.length)]! ^= 1 << random.below(8);
  return out;
};

export const setBytes: Mutation = ({ bytes, random }) => {
  const out = Buffer.from(bytes);
  for (let n = random.between(1, 6); n > 0; n--) out[random.below(out.length)] = random.pick(TELLING);
  return out;
};

const FAR = [0n, -1n, 1n, 2n ** 32n, 2n ** 48n, 2n ** 53n, 2n ** 62n, 2n ** 63n - 1n, -(2n ** 63n)];

/** A number of 8 bytes from the end of its range: times, scores, ids. */
export const farNumber: Mutation = ({ bytes, random }) => {
  const out = Buffer.from(bytes);
  const number = random.pick(FAR) + BigInt(random.between(-1, 1));
  const eight = random.chance(0.8) ? le(number, 8) : be(number, 8);
  for (let n = random.between(1, 8); n > 0; n--) eight.copy(out, random.below(out.length));
  return out;
};

export const overwrite: Mutation = ({ bytes, random }) => {
  const out = Buffer.from(bytes);
  random.bytes(random.between(1, 64)).copy(out, random.below(out.length));
  return out;
};

export const truncate: Mutation = ({ bytes, random }) => bytes.subarray(0, random.below(bytes.length));

export const remove: Mutation = ({ bytes, random }) => {
  const at = random.below(bytes.length);
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.small(256))]);
};

export const insert: Mutation = ({ bytes, random }) => {
  const at = random.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.small(64)), bytes.subarray(at)]);
};

/** A piece of another snapshot, over this one's bytes or between them. */
export const splice: Mutation = ({ bytes, other, random }) => {
  const from = random.below(other.length);
  const piece = other.subarray(from, from + 1 + random.small(4096));
  const at = random.below(bytes.length);
  const behind = random.chance(0.5) ? at : at + piece.length;
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(behind)]);
};

/** The head of one snapshot and the tail of another. */
export const cross: Mutation = ({ bytes, other, random }) =>
  Buffer.concat([
    bytes.subarray(0, random.below(bytes.length)),
    other.subarray(Math.max(0, other.length - 1 - random.small(16_384))),
  ]);
