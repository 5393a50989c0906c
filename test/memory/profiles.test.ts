import { describe, expect, it } from "vitest";
import type { ElementCost, PairCost } from "../../src/memory/lanes.ts";
import { chooseProfile, PROFILES } from "../../src/memory/profiles/index.ts";
import { makeTarget } from "../../src/memory/target.ts";

describe("chooseProfile", () => {
  it("knows the server a snapshot names", () => {
    expect(chooseProfile("redis", "7.2.6")).toEqual({ profile: PROFILES["redis-7.2"], exact: true });
    expect(chooseProfile("redis", "7.2.0-rc1").exact).toBe(true);
  });

  it("says when another stands in", () => {
    for (const [server, version] of [
      ["redis", "2.8.1"],
      ["redis", "7.20.0"],
      ["valkey", "7.0.0"],
      ["redis", ""],
      ["", "x"],
    ] as const) {
      expect([server, version, chooseProfile(server, version).exact]).toEqual([server, version, false]);
    }
  });

  it("finds each profile by its own first and last version", () => {
    for (const profile of Object.values(PROFILES)) {
      for (const version of [profile.from, profile.to]) {
        expect(chooseProfile(profile.server, version.join("."))).toEqual({ profile, exact: true });
      }
    }
  });
});

describe("costs of elements", () => {
  const LENGTHS = [0, 1, 31, 32, 100, 252, 253, 1000, 70_000];
  const targets = Object.values(PROFILES).map((profile) => makeTarget(profile));

  /** What a cost comes to for some lengths on a target. */
  const elementFigures = (cost: ElementCost, { allocator }: (typeof targets)[number]) =>
    LENGTHS.flatMap((length) => [cost.bytes(length, allocator), cost.variance?.(length, allocator)]);
  const pairFigures = (cost: PairCost, target: (typeof targets)[number]) => {
    const lane = cost.lane(target);
    return LENGTHS.flatMap((field) =>
      LENGTHS.flatMap((value) =>
        [0, 1_900_000_000_000].map((expiresAt) => {
          lane.reset();
          lane.add(field, value, expiresAt);
          return lane.sum;
        }),
      ),
    );
  };

  it("are the same when they have one name, as targets share the sum of those", () => {
    const known = new Map<string, unknown>();
    for (const target of targets) {
      const { set, zset, hash } = target.profile.elements;
      const figures = [
        ...[set.bytes, set.heap, zset.bytes, zset.heap].map((cost) => [
          `element: ${cost.name}`,
          elementFigures(cost, target),
        ]),
        ...[hash.bytes, hash.heap].map((cost) => [`pair: ${cost.name}`, pairFigures(cost, target)]),
      ] as [string, unknown][];
      for (const [name, values] of figures) {
        if (!known.has(name)) known.set(name, values);
        expect([name, values]).toEqual([name, known.get(name)]);
      }
    }
  });
});
