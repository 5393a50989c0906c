import fs from "node:fs";
import { describe, expect, test } from "vitest";
import { HEADER_BYTES } from "../../parsers/header.ts";
import { SAMPLE } from "../cli/run-cli.ts";
import { Random } from "../fuzz/random.ts";
import { readSnapshot } from "../support/read-snapshot.ts";
import { salvageBytes } from "./salvaged.ts";
import { type Damage, overwritten, truncated } from "./trial.ts";

const TRIALS = 100;
const NOISE_BYTES = 64;
const whole = fs.readFileSync(SAMPLE);
/** What the sound snapshot holds, read without any salvaging. */
const truth = new Map(
  readSnapshot(whole).rows.map(({ db, key, recordOffset: start, serializedBytes }) => [
    `${db}:${key.toString("latin1")}`,
    [start, start + serializedBytes] as const,
  ]),
);

/** Share of the keys wholly outside the damage that are found where they are. */
function keptOf({ bytes, start, end }: Damage): number {
  const { records, gaps } = salvageBytes(bytes);
  const isOutside = ([from, to]: readonly [number, number]) => from >= end || to <= start;
  const wanted = [...truth].filter(([, range]) => isOutside(range));
  const kept = wanted.filter(([name, [from, to]]) => {
    const found = records.get(name);
    return found?.[0] === from && found[1] === to;
  });
  const invented = [...records].filter(([name, range]) => isOutside(range) && !truth.has(name));
  expect(invented, `damage at ${start}`).toEqual([]);
  for (const gap of gaps) expect(gap.end, `damage at ${start}`).toBeGreaterThanOrEqual(gap.start);
  return wanted.length === 0 ? 1 : kept.length / wanted.length;
}

/** Lets the test runner be heard of between two trials. */
const breath = () => new Promise((resolve) => setImmediate(resolve));

async function sharesOf(damageOf: (random: Random) => Damage): Promise<number[]> {
  const shares: number[] = [];
  for (let i = 0; i < TRIALS; i++) {
    shares.push(keptOf(damageOf(new Random(2026, i))));
    await breath();
  }
  return shares.sort((a, b) => a - b);
}

describe(`of the sample, damaged at ${TRIALS} places, is found`, () => {
  test("every key that ends before a cut", async () => {
    const shares = await sharesOf((random) =>
      truncated(whole, random.between(HEADER_BYTES, whole.length - 1)),
    );
    expect(shares[0]).toBe(1);
  });

  test("nearly every key outside overwritten bytes", async () => {
    const shares = await sharesOf((random) => {
      const at = random.between(HEADER_BYTES, whole.length - NOISE_BYTES);
      return overwritten(whole, at, random.bytes(NOISE_BYTES));
    });
    expect(shares[0]).toBeGreaterThanOrEqual(0.95);
    expect(shares[TRIALS / 2]).toBeGreaterThanOrEqual(0.99);
  });
});
