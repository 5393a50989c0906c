import { placesOf } from "../places.ts";
import type { Random } from "../random.ts";
import type { Seeds } from "../seeds.ts";
import {
  cross,
  farNumber,
  flipBits,
  insert,
  overwrite,
  remove,
  setBytes,
  splice,
  truncate,
} from "./bytes.ts";
import { lieAboutLength, otherForm } from "./lengths.ts";
import { bomb, damageLzf, lieAboutLzf, recompress } from "./lzf.ts";
import type { Mutation } from "./mutation.ts";
import { editPacked, editStreamNode } from "./packed.ts";
import { addOpcodes, otherMagic, otherType, repeatRecord } from "./records.ts";

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "flip-bits": flipBits,
  "set-bytes": setBytes,
  "far-number": farNumber,
  overwrite,
  truncate,
  remove,
  insert,
  splice,
  cross,
  length: lieAboutLength,
  "length-form": otherForm,
  lzf: lieAboutLzf,
  "lzf-bomb": bomb,
  "lzf-data": damageLzf,
  "lzf-form": recompress,
  packed: editPacked,
  "stream-node": editStreamNode,
  "type-byte": otherType,
  "repeated-record": repeatRecord,
  opcodes: addOpcodes,
  magic: otherMagic,
};

/** Mutations by how often they are made: structure is where the parsers decide most. */
const DRAWN: readonly string[] = [
  ...Object.keys(MUTATIONS),
  ...["length", "length", "length", "lzf", "lzf", "packed", "packed", "packed", "packed"],
  ...["stream-node", "stream-node", "type-byte", "flip-bits", "opcodes"],
];

/** Larger than this a changed snapshot is cut: a case is to take milliseconds. */
const MAX_BYTES = 2 ** 20;
/** A mutation that finds nothing of its kind is drawn anew, so many times in all. */
const MAX_TRIES = 10;

/** A changed snapshot, and what was done to which. */
export interface Mutant {
  readonly bytes: Buffer;
  readonly seed: string;
  readonly mutations: readonly string[];
}

/** Changes one of the seeds, one to three times. */
export function mutate(seeds: Seeds, random: Random): Mutant {
  const seed = seeds.pick(random);
  let { bytes, places } = seed;
  const made: string[] = [];
  let left = random.pick([1, 1, 1, 2, 3]);
  for (let tries = 0; left > 0 && tries < MAX_TRIES && bytes.length > 0; tries++) {
    const name = random.pick(DRAWN);
    const mutant = MUTATIONS[name]!({ bytes, places, other: seeds.pick(random).bytes, random });
    if (mutant === undefined) continue;
    made.push(name);
    bytes = mutant.subarray(0, MAX_BYTES);
    if (--left > 0) places = placesOf(bytes);
  }
  return { bytes, seed: seed.name, mutations: made };
}
