import { len } from "../../support/rdb-primitives.ts";
import type { StringPlace } from "../places.ts";
import type { Random } from "../random.ts";
import { type Mutation, type Patient, replaced } from "./mutation.ts";

const COUNTS = [0, 1, 2, 3, 65534, 65535];
/** First bytes of listpack and ziplist entries of every form. */
const ENCODINGS = [
  0x00, 0x3f, 0x40, 0x7f, 0x80, 0x81, 0xbf, 0xc0, 0xc1, 0xd0, 0xdf, 0xe0, 0xe1, 0xef, 0xf0, 0xf1, 0xf2, 0xf3,
  0xf4, 0xf5, 0xfd, 0xfe, 0xff,
];

type Edit = (blob: Buffer, random: Random) => Buffer;

const setAt = (blob: Buffer, at: number, value: number): Buffer => {
  const out = Buffer.from(blob);
  if (at < out.length) out[at] = value;
  return out;
};

const somewhere = (blob: Buffer, random: Random): number => random.below(Math.max(1, blob.length));

/** What is done to a listpack, ziplist, zipmap or intset, whichever it is: headers are alike, entries are found by their bytes. */
const EDITS: readonly Edit[] = [
  // The total at the beginning: 4 bytes of a listpack or ziplist, the width of an intset.
  (blob, random) => {
    const out = Buffer.from(blob);
    if (out.length >= 4)
      out.writeUInt32LE(random.pick([0, 1, 6, 7, out.length + 1, 0x7fffffff, 0xffffffff]), 0);
    return out;
  },
  // Elements: behind the total in a listpack, and behind the offset of the tail in a ziplist.
  (blob, random) => {
    const out = Buffer.from(blob);
    const at = random.pick([4, 8]);
    if (out.length >= at + 2) out.writeUInt16LE(random.pick(COUNTS), at);
    return out;
  },
  (blob, random) => setAt(blob, somewhere(blob, random), random.pick(ENCODINGS)),
  // A 32-bit length in place of whatever stands there.
  (blob, random) => {
    const out = Buffer.from(blob);
    const at = somewhere(blob, random);
    out[at] = random.pick([0xf0, 0x80, 0xfe]);
    if (at + 5 <= out.length) out.writeUInt32LE(random.pick([0, 64, 0xffff, 0x7fffffff, 0xffffffff]), at + 1);
    return out;
  },
  // The end mark gone, or in the middle.
  (blob, random) =>
    setAt(blob, random.chance(0.5) ? blob.length - 1 : somewhere(blob, random), random.next()),
  (blob, random) => setAt(blob, somewhere(blob, random), 0xff),
  // Entries lost, doubled, or grown.
  (blob, random) => {
    const at = somewhere(blob, random);
    return Buffer.concat([blob.subarray(0, at), blob.subarray(at + 1 + random.small(16))]);
  },
  (blob, random) => {
    const at = somewhere(blob, random);
    const piece = blob.subarray(at, at + 1 + random.small(64));
    const times = random.chance(0.1) ? random.below(2000) : 1;
    return Buffer.concat([blob.subarray(0, at), ...Array<Buffer>(times).fill(piece), blob.subarray(at)]);
  },
  (blob, random) => {
    const at = somewhere(blob, random);
    return Buffer.concat([blob.subarray(0, at), random.bytes(1 + random.small(32)), blob.subarray(at)]);
  },
  (blob, random) => blob.subarray(0, somewhere(blob, random)),
];

/** Makes the total at the beginning say what the blob is, so that the damage is found inside. */
function settle(blob: Buffer): Buffer {
  if (blob.length < 7) return blob;
  const out = Buffer.from(blob);
  out.writeUInt32LE(out.length, 0);
  return out;
}

function edit({ bytes, random }: Patient, { at, content, end }: StringPlace): Buffer {
  let blob: Buffer = Buffer.from(bytes.subarray(content, end));
  for (let n = random.between(1, 3); n > 0; n--) if (blob.length > 0) blob = random.pick(EDITS)(blob, random);
  if (blob.length !== end - content && random.chance(0.8)) blob = settle(blob);
  return replaced(
    bytes,
    at,
    end,
    Buffer.concat([len(random.chance(0.95) ? blob.length : end - content), blob]),
  );
}

/** A packed blob whose entries, counts or totals are wrong. */
export const editPacked: Mutation = (patient) => {
  const { blobs } = patient.places;
  return blobs.length === 0 ? undefined : edit(patient, patient.random.pick(blobs));
};

/** The same of a stream's listpacks, which have counts of their own at their head. */
export const editStreamNode: Mutation = (patient) => {
  const { places, random } = patient;
  const streams = places.records.filter(({ type }) => [15, 19, 21, 26, 27].includes(type));
  const blobs = places.blobs.filter((b) => streams.some(({ at, end }) => b.at > at && b.end <= end));
  if (blobs.length === 0) return undefined;
  const blob = random.pick(blobs);
  if (random.chance(0.3)) return edit(patient, blob);
  const out = Buffer.from(patient.bytes);
  const head = blob.content + 6;
  out[head + random.below(Math.min(16, blob.end - head))] = random.pick(ENCODINGS);
  return out;
};
