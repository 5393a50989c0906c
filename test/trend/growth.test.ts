import { describe, expect, it } from "vitest";
import { growthOf } from "../../src/trend/growth.ts";

const month = (times: number[], values: number[]) => growthOf(times, values).figures.per_month_share;

describe("growth in 30 days", () => {
  it("is that of the line, over what it says of the last point", () => {
    expect(month([0, 1, 2], [100, 110, 120])).toBeCloseTo(300 / 120, 12);
    expect(month([0, 10], [120, 100])).toBeCloseTo(-60 / 100, 12);
  });

  it("is not told where the line comes to nothing, but for what rounding leaves", () => {
    // Its line ends at 0; computed, it is 1e-10 or so there.
    const times = [0, 0.1, 1.3, 1.7, 2.9, 3.1];
    const values = times.map((time) => 1e9 / 3 - (1e9 / 3 / 3.1) * time);
    expect(month(times, values)).toBeNull();
    expect(month([0, 1], [5, 0])).toBeNull();
    expect(month([0, 1, 2], [0, 0, 0])).toBeNull();
  });

  it("is a fall by all at most", () => {
    expect(month([0, 1], [500, 200])).toBe(-1);
  });

  it("is not told of less than a day", () => {
    expect(month([0, 0.5], [100, 110])).toBeNull();
    expect(month([0, 1], [100, 110])).toBeCloseTo(300 / 110, 12);
  });
});
