import { describe, expect, it } from "vitest";
import { LAYOUT } from "../../parsers/visitor.ts";
import { ValueMeter } from "../../src/memory/meter.ts";
import { PROFILES, type ProfileName } from "../../src/memory/profiles/index.ts";
import { makeTarget } from "../../src/memory/target.ts";
import { ENCODINGS } from "../../src/memory/types.ts";

const encoder = new TextEncoder();
const LOADED_AT = 1_000_000;

function meterOf(name: ProfileName): ValueMeter {
  return new ValueMeter([makeTarget(PROFILES[name], { loadedAt: LOADED_AT })]);
}

function text(meter: ValueMeter, length: number): void {
  meter.text(length, encoder.encode("x".repeat(length)), 0);
}

/** Encoding, MEMORY USAGE and heap of a string of `length` bytes. */
function string(name: ProfileName, key: number, length: number, expires = false) {
  const meter = meterOf(name);
  meter.begin(LAYOUT.string, -1);
  text(meter, length);
  meter.end();
  meter.size(key, expires);
  const { encoding, bytes, heapBytes } = meter.bills[0]!;
  return [ENCODINGS[encoding], bytes, heapBytes];
}

describe("strings of valkey 8.0", () => {
  it("have their key in the dictEntry", () => {
    // robj 16+4+10 -> 32; entry 17 and the key's sds 1+10+1 -> 32.
    expect(string("valkey-8.0", 10, 10)).toEqual(["embstr", 64, 64]);
    expect(string("valkey-8.0", 10, 10, true)).toEqual(["embstr", 64, 64 + 24]);
    // A key of 253 bytes has a header of 5 bytes: 17+5+253+1 -> 320.
    expect(string("valkey-8.0", 253, 10)).toEqual(["embstr", 352, 352]);
  });
});

describe("strings of valkey 8.1", () => {
  it("stand in an object of 64 bytes with their key and its time, if they fit", () => {
    // 16 + 1+1+20+1 + 4+20 = 63 -> 64.
    expect(string("valkey-8.1", 20, 20)).toEqual(["embstr", 64, 64]);
    // With a time 71: the value gets an sds of its own, 1+20+1 -> 24, and 16 + 8 + 23 -> 48 are not counted.
    expect(string("valkey-8.1", 20, 20, true)).toEqual(["raw", 16 + 24, 48 + 24]);
    // There was room for the time: 16+13+4+11 = 44 -> 48, and 52 -> 56.
    expect(string("valkey-8.1", 10, 11, true)).toEqual(["embstr", 56, 56]);
  });

  it("take a key of 32 bytes for two bytes less than it is", () => {
    // Estimated 16+35+4+9 = 64; in truth 66 -> 80, with room for a time.
    expect(string("valkey-8.1", 32, 9)).toEqual(["embstr", 80, 80]);
    expect(string("valkey-8.1", 32, 9, true)).toEqual(["embstr", 80, 80]);
    expect(string("valkey-9.0", 32, 9)).toEqual(["raw", 56 + 16, 56 + 16]);
  });

  it("have room for a time with a key of 128 bytes", () => {
    // 16 + 1+3+128+1 = 149 -> 160; with a time 157. 130: 151, 159.
    expect(string("valkey-8.1", 128, 100)).toEqual(["raw", 16 + 112, 160 + 112]);
    expect(string("valkey-8.1", 150, 100)).toEqual(["raw", 16 + 112, 192 + 112]);
  });
});

describe("strings of valkey 9.1", () => {
  it("stand in an object of 128 bytes, over the pointer, and it is all counted", () => {
    // 8 + 13 + 4+103 = 128.
    expect(string("valkey-9.1", 10, 103)).toEqual(["embstr", 128, 128]);
    expect(string("valkey-9.1", 10, 104)).toEqual(["raw", 32 + 112, 32 + 112]);
    // An embedded value leaves room for its pointer: 8 + 13 + 8 = 29 -> 32.
    expect(string("valkey-9.1", 10, 0)).toEqual(["embstr", 32, 32]);
  });
});

describe("hashes of valkey 9.1 with fields that expire", () => {
  const hash = (...expiries: number[]) => {
    const meter = meterOf("valkey-9.1");
    meter.begin(LAYOUT.hashExpiry, expiries.length);
    for (const expiry of expiries) {
      text(meter, 3);
      text(meter, 5);
      meter.fieldExpiry(expiry);
    }
    meter.end();
    meter.size(2, false);
    return meter.bills[0]!.bytes;
  };
  /** robj with a key of two bytes 16+5 -> 24, hashtable with metadata 88, a bucket. */
  const EMPTY = 24 + 88 + 64;

  it("are tables whose entries hold field, value and time", () => {
    // 1+3+1 + 3+5+1 = 14 -> 16; with a time 8 + 3+3+1 + 9 = 24.
    expect(hash(0)).toBe(EMPTY + 16);
    expect(hash(LOADED_AT)).toBe(EMPTY + 24);
    expect(hash(LOADED_AT, 0, LOADED_AT + 1)).toBe(EMPTY + 24 + 16 + 24 + 24);
  });

  it("lose the fields that were past their time", () => {
    expect(hash(LOADED_AT - 1, 0, LOADED_AT + 1)).toBe(EMPTY + 16 + 24);
  });
});

describe("lists", () => {
  it("of 7 nodes lose a byte of their average, unless the key before it in the sum is long", () => {
    const sized = (name: ProfileName) => {
      const config = { listMaxListpackSize: 1 };
      const meter = new ValueMeter([makeTarget(PROFILES[name], { config, loadedAt: LOADED_AT })]);
      meter.begin(LAYOUT.quicklist2, -1);
      for (const length of [80, 80, 80, 80, 80, 80, 52]) {
        const listpack = length < 64 ? 7 + 1 + length + 1 : 7 + 2 + length + 1;
        meter.blob(listpack, listpack);
        text(meter, length);
      }
      meter.end();
      meter.size(88, false);
      return meter.bills[0]!.bytes;
    };
    // Nodes 7 * 40 + 6 * 96 + 64 = 920, and 920 / 7 * 7 = 919.9999999999999. The object with its key: 16+1+3+88+1 -> 112.
    expect(sized("valkey-8.1")).toBe(16 + 40 + 919);
    expect(sized("valkey-9.1")).toBe(112 + 40 + 920);
  });
});
