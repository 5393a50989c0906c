import { describe, expect, it } from "vitest";
import {
  bandAt,
  bendOf,
  crossing,
  HORIZON_DAYS,
  lineThrough,
  medianSlope,
  slopeMargin,
  valueAt,
} from "../../src/trend/line.ts";
import { student95 } from "../../src/trend/student.ts";

/** F. J. Anscombe, Graphs in Statistical Analysis, 1973, the first of his four: the regression stands in the paper. */
const X = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
const Y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];

/** Numbers that look random, the same in each run: 0 up to 1. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Normally distributed, by Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

describe("the line by least squares", () => {
  const line = lineThrough(X, Y)!;

  it("is Anscombe's: y = 3 + 0.5 x, standard error of the slope 0.118", () => {
    expect(line.slope).toBeCloseTo(0.5001, 4);
    expect(valueAt(line, 0)).toBeCloseTo(3.0001, 4);
    expect(slopeMargin(line)! / student95(9)).toBeCloseTo(0.1179, 4);
    expect(line.scatter! ** 2 * 9).toBeCloseTo(13.7627, 4);
  });

  it("has a band that is narrowest in the middle", () => {
    // s² (1 + 1/n + 0) at the mean of the times, which is 9: s = 1.2366, t = 2.2622.
    expect(bandAt(line, 9)).toBeCloseTo(2.2622 * 1.2366 * Math.sqrt(1 + 1 / 11), 3);
    expect(bandAt(line, 20)!).toBeGreaterThan(bandAt(line, 12)!);
  });

  it("is none of one point, or of points of one time; two points leave no scatter to tell", () => {
    expect(lineThrough([], [])).toBeUndefined();
    expect(lineThrough([1], [5])).toBeUndefined();
    expect(lineThrough([1, 1, 1], [5, 6, 7])).toBeUndefined();
    const two = lineThrough([0, 2], [10, 14])!;
    expect(two.slope).toBe(2);
    expect(slopeMargin(two)).toBeNull();
    expect(bandAt(two, 3)).toBeNull();
  });
});

describe("quantiles of Student's t", () => {
  it.each([
    [1, 12.706],
    [4, 2.776],
    [30, 2.042],
    [40, 2.021],
    [60, 2.0],
    [120, 1.98],
    [100_000, 1.96],
  ])("of %i degrees of freedom are those of the tables", (degrees, value) => {
    expect(student95(degrees)).toBeCloseTo(value, 3);
  });
});

describe("the day that a level is reached", () => {
  it("is where the line is there, with no band around it where nothing scatters", () => {
    const line = lineThrough([0, 1, 2], [100, 110, 120])!;
    const { at, earliest, latest } = crossing(line, 200, 2);
    expect([at, earliest, latest].map((day) => Number(day!.toFixed(6)))).toEqual([10, 10, 10]);
  });

  it("is not told of what does not grow, nor of what takes more than a hundred years", () => {
    expect(crossing(lineThrough([0, 1, 2], [100, 90, 80])!, 200, 2)).toEqual({
      at: null,
      earliest: null,
      latest: null,
    });
    const slow = lineThrough([0, 1, 2], [0, 1, 2])!;
    expect(crossing(slow, HORIZON_DAYS * 2, 2).at).toBeNull();
    expect(crossing(slow, HORIZON_DAYS - 10, 2).at).toBeCloseTo(HORIZON_DAYS - 10, 3);
  });

  it("may be never where chance may have made the slope", () => {
    const { at, earliest, latest } = crossing(lineThrough([0, 1, 2, 3], [100, 140, 90, 130])!, 200, 3);
    expect(at).not.toBeNull();
    expect(earliest!).toBeLessThan(at!);
    expect(latest).toBeNull();
  });

  it("lies in the band as often as it says: 95 of 100 further snapshots do", () => {
    const random = generator(7);
    const times = [0, 1, 2, 4, 5, 7];
    let inside = 0;
    for (let i = 0; i < 4000; i++) {
      const line = lineThrough(
        times,
        times.map((time) => 50 + 3 * time + 4 * normal(random)),
      )!;
      const next = 50 + 3 * 12 + 4 * normal(random);
      if (Math.abs(next - valueAt(line, 12)) <= bandAt(line, 12)!) inside++;
    }
    // 95% of 4,000, and three standard deviations of that.
    expect(Math.abs(inside - 3800)).toBeLessThan(42);
  });

  it("is no earlier than `earliest` and no later than `latest` as often as that", () => {
    const random = generator(11);
    const times = [0, 1, 2, 3, 4, 5, 6, 7];
    let early = 0;
    let late = 0;
    for (let i = 0; i < 4000; i++) {
      const values = times.map((time) => 50 + 5 * time + 2 * normal(random));
      const { earliest, latest } = crossing(lineThrough(times, values)!, 150, 7);
      // A snapshot of that very time: below the level when it is early, above it when it is late.
      if (50 + 5 * earliest! + 2 * normal(random) >= 150) early++;
      if (50 + 5 * latest! + 2 * normal(random) < 150) late++;
    }
    expect(early / 4000).toBeLessThan(0.04);
    expect(late / 4000).toBeLessThan(0.04);
  });
});

describe("what is robust, and what bends", () => {
  it("the median of slopes is not moved by one point that is far off", () => {
    const times = [0, 1, 2, 3, 4, 5, 6];
    const values = times.map((time) => 10 * time);
    values[6] = 500;
    expect(medianSlope(times, values)).toBe(10);
    expect(lineThrough(times, values)!.slope).toBeGreaterThan(40);
    expect(medianSlope([3], [1])).toBeNull();
    expect(medianSlope([0, 1, 2], [0, 1, 4])).toBe(2);
  });

  it("a parabola is one, and a line with noise is none", () => {
    const times = Array.from({ length: 8 }, (_, i) => i);
    const parabola = times.map((time) => 100 + 5 * time + 2 * time * time);
    // Its slope is 5 + 4 t: from 5 to 33.
    expect(bendOf(lineThrough(times, parabola)!, times, parabola)).toBeCloseTo(28, 6);
    const random = generator(3);
    let bends = 0;
    for (let i = 0; i < 1000; i++) {
      const values = times.map((time) => 100 + 5 * time + normal(random));
      if (bendOf(lineThrough(times, values)!, times, values) !== 0) bends++;
    }
    expect(bends).toBeLessThan(75);
    const few = [0, 1, 2, 3];
    const squares = few.map((time) => time * time);
    expect(bendOf(lineThrough(few, squares)!, few, squares)).toBe(0);
  });
});
