import { le } from "../../support/bytes.ts";
import { len, str } from "../../support/rdb-primitives.ts";
import type { Random } from "../random.ts";
import { otherLength } from "./lengths.ts";
import { type Mutation, replaced } from "./mutation.ts";

/** A type byte that is another's: the value is read as what it is not. */
export const otherType: Mutation = ({ bytes, places, random }) => {
  if (places.records.length === 0) return undefined;
  const out = Buffer.from(bytes);
  out[random.pick(places.records).at] = random.below(36);
  return out;
};

/** The same record many times over. */
export const repeatRecord: Mutation = ({ bytes, places, random }) => {
  if (places.records.length === 0) return undefined;
  const { at, end } = random.pick(places.records);
  const record = bytes.subarray(at, end);
  const times = Math.min(1 + random.small(2000), Math.floor(2 ** 19 / record.length));
  return replaced(bytes, at, at, Buffer.concat(Array<Buffer>(times).fill(record)));
};

const count = (random: Random) => otherLength(random.below(9), random);

/** Opcodes that stand between records, with numbers that cannot be. */
const OPCODES: readonly ((random: Random) => Buffer[])[] = [
  (random) => [Buffer.of(250), str("redis-ver"), str(random.bytes(random.small(5000)))],
  (random) => [
    Buffer.of(250),
    str(random.pick(["ctime", "used-mem", "redis-bits"])),
    str(`${random.next()}`.repeat(9)),
  ],
  (random) => [Buffer.of(254), count(random)],
  (random) => [Buffer.of(254), len(random.next()), Buffer.of(251), count(random), count(random)],
  (random) => [Buffer.of(251), count(random), count(random)],
  (random) => [Buffer.of(244), count(random), count(random), count(random)],
  (random) => [
    Buffer.of(245),
    str(`#!lua name=${random.next()}\nredis.register_function('${random.next()}')`, "lzf"),
  ],
  (random) => [Buffer.of(246), str("f"), str("LUA"), count(random), str("code")],
  (random) => [Buffer.of(247), count(random), Buffer.of(2), count(random), Buffer.of(0)],
  (random) => [Buffer.of(242), count(random), count(random), str("field")],
  (random) => [Buffer.of(242), Buffer.from(`*${random.next()}\r\n$${random.below(99)}\r\nset\r\n`)],
  (random) => [Buffer.of(243), count(random), random.bytes(9)],
  (random) => [Buffer.of(252), random.bytes(8)],
  (random) => [Buffer.of(252), le(random.pick([0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)]), 8)],
  (random) => [Buffer.of(253), random.bytes(4)],
  (random) => [Buffer.of(248), count(random)],
  (random) => [Buffer.of(249), random.bytes(1)],
  (random) => [Buffer.of(107), count(random)],
  () => [Buffer.of(255)],
];

export const addOpcodes: Mutation = ({ bytes, places, random }) => {
  const at = places.records.length === 0 ? places.end : random.pick(places.records).at;
  const made = random.pick(OPCODES);
  const times = random.chance(0.1) ? random.below(3000) : 1;
  return replaced(bytes, at, at, Buffer.concat(Array.from({ length: times }, () => made(random)).flat()));
};

const MAGICS = [
  "REDIS0001",
  "REDIS0005",
  "REDIS0009",
  "REDIS0015",
  "REDIS9999",
  "VALKEY080",
  "VALKEY081",
  "VALKEY999",
];

/** Another server's snapshot: types and opcodes mean something else. */
export const otherMagic: Mutation = ({ bytes, random }) => {
  const out = Buffer.from(bytes);
  out.write(random.pick(MAGICS), 0, "latin1");
  return out;
};
