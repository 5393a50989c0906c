import { len } from "../../support/rdb-primitives.ts";
import type { Random } from "../random.ts";
import { type Mutation, replaced } from "./mutation.ts";

const HUGE: readonly bigint[] = [
  0xffffn,
  0xffffffn,
  0x7fffffffn,
  0x80000000n,
  0xfffffffen,
  0xffffffffn,
  2n ** 32n,
  2n ** 40n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 62n,
  2n ** 63n,
  2n ** 64n - 1n,
];
const FORMS = ["6", "14", "32", "64"] as const;

/** Another length: huge, near the old one, special string forms, bytes that are none. */
export function otherLength(value: number, random: Random): Buffer {
  switch (random.below(6)) {
    case 0:
      return len(random.pick(HUGE));
    case 1:
      return len(Math.max(0, value) + random.between(0, 4));
    case 2:
      return len(Math.max(0, value - random.between(1, 4)));
    case 3:
      return Buffer.of(random.between(0xc0, 0xc5));
    case 4:
      return len(random.small(70_000));
    default:
      return Buffer.concat([Buffer.of(random.between(0x80, 0xff)), random.bytes(random.below(9))]);
  }
}

export const lieAboutLength: Mutation = ({ bytes, places, random }) => {
  if (places.lengths.length === 0) return undefined;
  const { at, end, value } = random.pick(places.lengths);
  return replaced(bytes, at, end, otherLength(value, random));
};

/** The same length in another form: nothing else may change. */
export const otherForm: Mutation = ({ bytes, places, random }) => {
  const plain = places.lengths.filter(({ value }) => value >= 0);
  if (plain.length === 0) return undefined;
  const { at, end, value } = random.pick(plain);
  const fitting = FORMS.filter((form) => BigInt(value) < 1n << BigInt(form));
  return replaced(bytes, at, end, len(value, random.pick(fitting)));
};
