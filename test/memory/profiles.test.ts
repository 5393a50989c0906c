import { describe, expect, it } from "vitest";
import { chooseProfile, loadsVersion, PROFILES } from "../../src/memory/profiles/index.ts";

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

it.each([
  ["redis-7.2", "redis", 11, true],
  ["redis-7.2", "redis", 12, false],
  ["redis-8.6", "valkey", 80, false],
  ["valkey-8.1", "redis", 12, false],
  ["valkey-9.1", "redis", 11, true],
  ["valkey-9.1", "redis", 13, false],
  ["valkey-9.1", "valkey", 80, true],
] as const)("%s and a snapshot of %s, version %i: %s", (name, family, version, loads) => {
  expect(loadsVersion(PROFILES[name], family, version)).toBe(loads);
});
