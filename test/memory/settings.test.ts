import { describe, expect, it } from "vitest";
import { LAYOUT } from "../../parsers/visitor.ts";
import { changedSettings, parseSettings } from "../../src/memory/config.ts";
import { ValueMeter } from "../../src/memory/meter.ts";
import { type MemoryConfig, PROFILES, type ProfileName } from "../../src/memory/profiles/index.ts";
import { makeTarget } from "../../src/memory/target.ts";

/** Bytes and heap of an integer under a name of no bytes. */
function sized(profile: ProfileName, config: Partial<MemoryConfig>, value: number, hasExpiry = false) {
  const meter = new ValueMeter([makeTarget(PROFILES[profile], { config })]);
  meter.begin(LAYOUT.string, -1);
  meter.integer(0, value);
  meter.end();
  meter.size(0, hasExpiry);
  return [meter.bills[0]!.bytes, meter.bills[0]!.heapBytes];
}

describe("cluster mode", () => {
  it.each(["redis-7.0", "redis-7.2", "valkey-7.2"] as const)("of %s links the keys of a slot", (profile) => {
    const counted = profile === "redis-7.0" ? 16 : 8;
    expect(sized(profile, { clusterEnabled: false }, 12345, true)).toEqual([16 + 8 + 24, 16 + 8 + 24 + 24]);
    const linked = [16 + 8 + 24 + counted, 16 + 8 + 40 + 24];
    expect(sized(profile, { clusterEnabled: true }, 12345, true)).toEqual(linked);
  });

  it("of others has nothing of the kind in a key", () => {
    for (const profile of ["redis-7.4", "redis-8.0", "redis-8.6", "valkey-8.0", "valkey-9.1"] as const) {
      const alone = sized(profile, { clusterEnabled: false }, 12345);
      expect([profile, sized(profile, { clusterEnabled: true }, 12345)]).toEqual([profile, alone]);
    }
  });
});

describe("a small integer", () => {
  const heap = (config: Partial<MemoryConfig>, value = 5) => sized("redis-7.2", config, value)[1];
  const limited = { maxmemory: 1024, maxmemoryPolicy: "allkeys-lru" };

  it("is one object for all keys, unless each notes when it was used", () => {
    expect(heap({})).toBe(8 + 24);
    expect(heap({ maxmemoryPolicy: "volatile-lfu" })).toBe(8 + 24);
    expect(heap({ maxmemory: 1024, maxmemoryPolicy: "volatile-ttl" })).toBe(8 + 24);
    expect(heap(limited)).toBe(16 + 8 + 24);
    expect(heap({}, 10_000)).toBe(16 + 8 + 24);
  });

  it("takes the same for MEMORY USAGE", () => {
    expect(sized("redis-6.2", limited, 5)[0]).toBe(sized("redis-6.2", {}, 5)[0]);
  });
});

describe("settings", () => {
  it("are read in the units of redis.conf", () => {
    const bytes = (maxmemory: string) => parseSettings({ maxmemory }).maxmemory;
    expect(["0", "100", "1k", "1kb", "2MB", "3g", "1gb"].map(bytes)).toEqual([
      0,
      100,
      1000,
      1024,
      2 ** 21,
      3e9,
      2 ** 30,
    ]);
    expect(parseSettings({ "maxmemory-policy": "AllKeys-LRU" })).toEqual({ maxmemoryPolicy: "allkeys-lru" });
    expect(parseSettings({ "list-max-listpack-size": "-9" })).toEqual({ listMaxListpackSize: -9 });
  });

  it("that differ from the defaults are told in words", () => {
    const { config } = PROFILES["redis-7.2"];
    const given = { maxmemory: 1024, maxmemoryPolicy: "allkeys-lru", listMaxListpackSize: -2 };
    expect(changedSettings(given, config)).toEqual(["maxmemory=1024", "maxmemory-policy=allkeys-lru"]);
  });
});
