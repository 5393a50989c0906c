import { describe, expect, it } from "vitest";
import { LAYOUT } from "../../parsers/visitor.ts";
import { ValueMeter } from "../../src/memory/meter.ts";
import { PROFILES, type ProfileName } from "../../src/memory/profiles/index.ts";
import { makeTarget } from "../../src/memory/target.ts";
import { ENCODINGS, EXACTNESS } from "../../src/memory/types.ts";

const NAMES = ["redis-4.0", "redis-5.0", "redis-6.0", "redis-6.2", "redis-7.0", "redis-7.2"] as const;
const meter = new ValueMeter(
  NAMES.map((name) => makeTarget(PROFILES[name])) as [ReturnType<typeof makeTarget>],
);
const encoder = new TextEncoder();

function text(element: string): void {
  const buffer = encoder.encode(`9${element}9`);
  meter.text(buffer.length - 2, buffer, 1);
}

function integer(value: number): void {
  meter.integer(value >> 31, value);
}

function walk(layout: number, count: number, elements: () => void, name = "", hasExpiry = false): void {
  meter.begin(layout, count);
  elements();
  meter.end();
  meter.size(name.length, hasExpiry);
}

const billOf = (name: ProfileName) => meter.bills[NAMES.indexOf(name as (typeof NAMES)[number])]!;
const answer = (name: ProfileName) => `${ENCODINGS[billOf(name).encoding]} ${billOf(name).bytes}`;
const heap = (name: ProfileName) => billOf(name).heapBytes;

describe("what each server answered", () => {
  const page = "cache:page:/blog/token/42";
  it.each([
    ["bitfield:u8", 11, { "redis-5.0": "embstr 66", "redis-6.2": "embstr 69", "redis-7.2": "embstr 72" }],
    ["str:len:44", 44, { "redis-5.0": "embstr 98", "redis-6.2": "embstr 102" }],
    ["str:len:45", 45, { "redis-5.0": "raw 101", "redis-6.2": "raw 112" }],
    ["bitmap:1000", 126, { "redis-5.0": "raw 183", "redis-6.2": "raw 216" }],
    [page, 6139, { "redis-4.0": "raw 6214", "redis-5.0": "raw 6212", "redis-6.2": "raw 7240" }],
    [
      "feature:token-beta-18",
      3,
      { "redis-4.0": "embstr 70", "redis-5.0": "embstr 68", "redis-7.0": "embstr 72" },
    ],
  ] as const)("for string %s", (key, length, answers) => {
    walk(LAYOUT.string, -1, () => text("x".repeat(length)), key);
    for (const name of Object.keys(answers) as ProfileName[]) {
      expect([name, answer(name)]).toEqual([name, answers[name as keyof typeof answers]]);
    }
  });

  it("for sets of one member, and none of integers only", () => {
    walk(LAYOUT.set, 1, () => text("x".repeat(100)), "set:big1:100");
    expect(answer("redis-5.0")).toBe("hashtable 310");
    expect(answer("redis-6.2")).toBe("hashtable 320");
    walk(
      LAYOUT.setIntset,
      -1,
      () => {
        meter.blob(10, 10);
        integer(300);
      },
      "set:int16:1",
    );
    expect(answer("redis-5.0")).toBe("intset 63");
    expect(answer("redis-6.2")).toBe("intset 66");
  });
});

describe("values that a server of the ziplist era holds otherwise", () => {
  it("keep an integer of more than 32 bits in the object of its text, in 4.0 only", () => {
    walk(LAYOUT.string, -1, () => text("4294967296"));
    expect(answer("redis-4.0")).toBe(`int ${16 + 4 + 24}`);
    expect([heap("redis-4.0"), heap("redis-5.0")]).toEqual([32 + 8 + 24, 16 + 8 + 24]);
    walk(LAYOUT.string, -1, () => integer(10000));
    expect([heap("redis-4.0"), heap("redis-5.0")]).toEqual([16 + 8 + 24, 16 + 8 + 24]);
  });

  it("pack a listpack's pairs as a ziplist, as far as the settings let them", () => {
    const pairs = () => {
      meter.blob(30, 30);
      text("field");
      integer(7);
    };
    walk(LAYOUT.hashListpack, -1, pairs);
    expect(answer("redis-7.0")).toBe("listpack 80");
    expect(answer("redis-6.2")).toBe(`ziplist ${16 + 11 + (1 + 6) + (1 + 1) + 8 + 24}`);
    expect(heap("redis-6.2")).toBe(16 + 24 + 8 + 24);
    walk(LAYOUT.hashListpack, -1, () => {
      meter.blob(90, 90);
      text("field");
      text("x".repeat(65));
    });
    expect(answer("redis-7.0")).toBe(`listpack ${16 + 96 + 8 + 24}`);
    expect(answer("redis-6.2")).toBe(`hashtable ${16 + 96 + 32 + 24 + (8 + 80) + 8 + 24}`);
  });

  it("print a score that a listpack holds in its shortest form", () => {
    walk(LAYOUT.zsetListpack, -1, () => {
      meter.blob(20, 20);
      text("a");
      text("3.14");
      text("b");
      integer(2);
    });
    expect(answer("redis-5.0")).toBe(`ziplist ${16 + 11 + 3 + (1 + 1 + 18) + 3 + 2 + 4 + 24}`);
    walk(LAYOUT.zset, 1, () => {
      text("a");
      meter.score(3.14);
    });
    expect(answer("redis-5.0")).toBe(`ziplist ${16 + 11 + 3 + (1 + 1 + 18) + 4 + 24}`);
    expect(answer("redis-7.0")).toBe(`listpack ${16 + 32 + 8 + 24}`);
    expect(answer("redis-7.2")).toBe(`listpack ${16 + 16 + 8 + 24}`);
  });

  it("are sets without listpacks, and lists that stay quicklists", () => {
    walk(LAYOUT.setListpack, -1, () => {
      meter.blob(12, 12);
      text("a");
      text("b");
    });
    for (const name of ["redis-4.0", "redis-6.2", "redis-7.0"] as const) {
      expect([name, answer(name).split(" ")[0]]).toEqual([name, "hashtable"]);
      expect([name, billOf(name).exactness]).toEqual([name, EXACTNESS.exact]);
    }
    walk(LAYOUT.quicklist2, -1, () => {
      meter.blob(14, 14);
      text("aa");
      integer(300);
    });
    expect(answer("redis-7.2")).toBe(`listpack ${16 + 16 + 8 + 24}`);
    expect(answer("redis-7.0")).toBe(`quicklist ${16 + 40 + 40 + 16 + 8 + 24}`);
    expect(answer("redis-6.2")).toBe(`quicklist ${16 + 40 + 32 + (11 + 4 + 4) + 8 + 24}`);
  });

  it("count neither the dict nor the heads of a skiplist in 4.0", () => {
    walk(LAYOUT.zset, 1, () => {
      text("x".repeat(65));
      meter.score(1);
    });
    const heads = 32 + 640 + 96;
    expect(billOf("redis-6.2").bytes - billOf("redis-4.0").bytes).toBe(heads + (80 - 69) + (8 - 4));
    expect(heap("redis-6.2")).toBe(heap("redis-4.0"));
    expect(heap("redis-5.0") - heap("redis-4.0")).toBe(1280 - 640);
  });

  it("have no field expiries: a hash with some is sized without, as a lower bound", () => {
    const fields = (layout: number) => {
      walk(layout, 1, () => {
        text("field");
        text("value");
        if (layout === LAYOUT.hashExpiry) meter.fieldExpiry(2_000_000_000_000);
      });
      return { ...billOf("redis-6.0") };
    };
    const plain = fields(LAYOUT.hash);
    const expiring = fields(LAYOUT.hashExpiry);
    expect([plain.exactness, expiring.exactness]).toEqual([EXACTNESS.exact, EXACTNESS.lowerBound]);
    expect(expiring.bytes).toBe(plain.bytes);
  });

  it("have no streams in 4.0, and no name for their encoding in 5.0", () => {
    walk(LAYOUT.stream, -1, () => {
      meter.blob(50, 50);
      meter.streamNode(new Uint8Array(16), 0, 1);
      meter.streamLength(1);
    });
    expect(billOf("redis-4.0").exactness).toBe(EXACTNESS.lowerBound);
    expect(answer("redis-5.0").split(" ")[0]).toBe("unknown");
    expect(answer("redis-6.0").split(" ")[0]).toBe("stream");
    expect(billOf("redis-6.2").bytes - billOf("redis-6.0").bytes).toBe(40 + (56 - 50));
  });
});

describe("libc", () => {
  it("is asked for sizes since 5.0, and guessed in words before", () => {
    expect(makeTarget(PROFILES["redis-4.0"], { allocator: "libc" }).allocator.goodSize(25)).toBe(40);
    expect(makeTarget(PROFILES["redis-5.0"], { allocator: "libc" }).allocator.goodSize(41)).toBe(56);
  });
});
