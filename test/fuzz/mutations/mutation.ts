import type { Places, StringPlace } from "../places.ts";
import type { Random } from "../random.ts";

/** What a mutation works on. */
export interface Patient {
  readonly bytes: Buffer;
  readonly places: Places;
  /** Another snapshot, to take pieces from. */
  readonly other: Buffer;
  readonly random: Random;
}

/** Makes a changed copy, or undefined when the snapshot has nothing of the kind. */
export type Mutation = (patient: Patient) => Buffer | undefined;

/** `bytes` with `[start, end)` replaced. */
export function replaced(bytes: Buffer, start: number, end: number, by: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, start), by, bytes.subarray(end)]);
}

/** Strings the patient has, or an empty one at a random place. */
export function someString({ bytes, places, random }: Patient): StringPlace {
  if (places.strings.length > 0) return random.pick(places.strings);
  const at = random.below(bytes.length);
  return { at, content: at, end: at, plain: undefined };
}
