import { describe, expect, it } from "vitest";
import { chooseProfile, PROFILES } from "../../src/memory/profiles/index.ts";

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
