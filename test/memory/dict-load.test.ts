import { describe, expect, it } from "vitest";
import { DictLoad } from "../../src/memory/models/dict-load.ts";
import { RandomDict } from "../support/random-dict.ts";

const ROUNDS = 40;

/** Expand when negative, insert when positive, by turns. */
type Script = readonly (readonly ["expand" | "insert", number])[];

function simulate(script: Script): { first: number; second: number } {
  const dict = new RandomDict();
  for (const [what, count] of script) {
    if (what === "expand") dict.expand(count);
    else for (let i = 0; i < count; i++) dict.add();
  }
  return { first: dict.sizes[0]!, second: dict.sizes[1]! };
}

function predict(script: Script): DictLoad {
  const load = new DictLoad();
  load.reset();
  for (const [what, count] of script) load[what](count);
  return load;
}

/** How often of `ROUNDS` the prediction is right, and how often it lies in its own band. */
function compare(script: Script): { right: number; inBand: number } {
  const load = predict(script);
  let right = 0;
  let inBand = 0;
  for (let i = 0; i < ROUNDS; i++) {
    const { first, second } = simulate(script);
    if (first === load.first && second === load.second) right++;
    const error = 8 * (first + second) - load.bytes;
    if (error >= -load.maybeLess && error <= load.maybeMore) inBand++;
  }
  return { right, inBand };
}

describe("a dict being loaded", () => {
  it("grows by doubling, as a simulated one does", () => {
    let likeliest = 0;
    let cases = 0;
    for (let count = 1; count <= 600; count += count < 80 ? 1 : 13) {
      const { right, inBand } = compare([["insert", count]]);
      expect([count, inBand]).toSatisfy((c) => (c as number[])[1]! >= ROUNDS - 3);
      cases++;
      if (right >= ROUNDS / 2) likeliest++;
    }
    expect(likeliest / cases).toBeGreaterThan(0.95);
  });

  it("made for some entries and then for more moves the first ones over", () => {
    for (const before of [0, 1, 3, 8, 20, 100]) {
      for (const count of [before + 1, before + 5, 2 * before + 9, 500]) {
        const { inBand } = compare([
          ["expand", before],
          ["insert", before],
          ["expand", count],
          ["insert", count - before],
        ]);
        expect([before, count, inBand]).toSatisfy((c) => (c as number[])[2]! >= ROUNDS - 3);
      }
    }
  });

  it("in which nothing is random is exact", () => {
    const load = predict([
      ["expand", 0],
      ["expand", 100],
      ["insert", 100],
    ]);
    expect([load.first, load.second, load.maybeLess, load.maybeMore]).toEqual([128, 0, 0, 0]);
  });

  it("refuses to make room while it is being rehashed, and knows when that hangs by a hair", () => {
    const other = new DictLoad();
    const load = predict([["insert", 17]]);
    expect([load.first, load.second, load.fork(other)]).toEqual([16, 32, false]);
    load.expand(100);
    expect(load.second).toBe(32);

    const close = predict([["insert", 27]]);
    expect([close.first, close.second, close.fork(other)]).toEqual([32, 0, true]);
    close.expand(73);
    other.expand(73);
    expect([close.second, other.first, other.second]).toEqual([128, 16, 32]);
  });
});
