import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ValueMeter } from "../../src/memory/meter.ts";
import { PROFILES, type Profile } from "../../src/memory/profiles/index.ts";
import { makeTarget, type Target } from "../../src/memory/target.ts";
import { walkSnapshot } from "../truth/walk.ts";

const SERVERS = path.resolve(import.meta.dirname, "../../fixtures/servers");
const ALL = Object.values<Profile>(PROFILES);
const LOADED_AT = Date.UTC(2026, 10, 21);

/** Sizes of every key, by target: bytes, heap, band. */
function sizes(snapshot: Uint8Array, targets: readonly [Target, ...Target[]]): string[][] {
  const meter = new ValueMeter(targets);
  const found: string[][] = targets.map(() => []);
  walkSnapshot(snapshot, meter, (reader) => {
    const name = Buffer.from(reader.key.subarray(0, reader.keyLength)).toString("latin1");
    for (const [t, { encoding, bytes, heapBytes, below, above }] of meter.bills.entries()) {
      found[t]!.push([name, encoding, bytes, heapBytes, below, above].join(" "));
    }
  });
  return found;
}

describe("targets sized in one walk get what each gets alone, in any order", () => {
  it.each(fs.readdirSync(SERVERS))("%s", (server) => {
    const snapshot = fs.readFileSync(path.join(SERVERS, server, "dump.rdb"));
    const targets = ALL.flatMap((profile) => [
      makeTarget(profile, { loadedAt: LOADED_AT }),
      makeTarget(profile, { allocator: "libc", loadedAt: LOADED_AT, config: { hashMaxListpackEntries: 8 } }),
    ]);
    const alone = targets.map((target) => sizes(snapshot, [target])[0]);
    const [first, ...others] = targets;
    expect(sizes(snapshot, [first!, ...others])).toEqual(alone);
    const [last, ...before] = targets.toReversed();
    expect(sizes(snapshot, [last!, ...before])).toEqual(alone.toReversed());
  });
});
