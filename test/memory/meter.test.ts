import { describe, expect, it } from "vitest";
import { LAYOUT } from "../../parsers/visitor.ts";
import { ValueMeter } from "../../src/memory/meter.ts";
import { redis72 } from "../../src/memory/profiles/redis-7.2.ts";
import { makeTarget } from "../../src/memory/target.ts";
import { ENCODINGS, EXACTNESS, TYPES } from "../../src/memory/types.ts";

const meter = new ValueMeter([makeTarget(redis72)], { captureLargest: true });
const bill = meter.bills[0]!;
const encoder = new TextEncoder();
/** An empty name's sds and the dictEntry, which `value` leaves out. */
const NAME_AND_ENTRY = 8 + 24;

/** Reports elements: numbers as the snapshot's integers, texts somewhere inside a buffer. */
function say(...elements: (string | number)[]): void {
  for (const element of elements) {
    if (typeof element === "number") meter.integer(element < 0 ? -1 : 0, element | 0);
    else {
      const buffer = encoder.encode(`99${element}99`);
      meter.text(buffer.length - 4, buffer, 2);
    }
  }
}

function value(layout: number, count: number, walk: () => void): { encoding: string; bytes: number } {
  meter.begin(layout, count);
  walk();
  meter.end();
  meter.size(0, false);
  return { encoding: ENCODINGS[bill.encoding]!, bytes: bill.bytes - NAME_AND_ENTRY };
}

/** The bill of the value walked last, under a key. */
function sized(nameBytes: number, hasExpiry = false) {
  meter.size(nameBytes, hasExpiry);
  return bill;
}

const each = (count: number, element: (i: number) => string | number): (string | number)[] =>
  Array.from({ length: count }, (_, i) => element(i));

describe("strings, with their keys, as redis 7.2.6 answered", () => {
  it.each([
    ["str:incr", 3, "int", 56],
    ["str:int:4294967296", "4294967296", "int", 64],
    ["str:numlike: 1", " 1", "embstr", 64],
    ["bitfield:u8", "x".repeat(11), "embstr", 72],
    ["hll:2", "x".repeat(24), "embstr", 80],
    ["hll:10", "x".repeat(47), "raw", 104],
    ["bitmap:1000", "x".repeat(126), "raw", 216],
    ["bitmap:100000", "x".repeat(12501), "raw", 14392],
  ])("%s", (key, element, encoding, bytes) => {
    expect(value(LAYOUT.string, -1, () => say(element)).encoding).toBe(encoding);
    expect(sized(key.length).bytes).toBe(bytes);
    expect([TYPES[meter.type], meter.elements, meter.largestBytes]).toEqual([
      "string",
      -1,
      String(element).length,
    ]);
  });

  it("are embedded up to 44 bytes", () => {
    expect(value(LAYOUT.string, -1, () => say("x".repeat(44)))).toEqual({ encoding: "embstr", bytes: 64 });
    expect(value(LAYOUT.string, -1, () => say("x".repeat(45)))).toEqual({ encoding: "raw", bytes: 16 + 56 });
  });

  it("cost the heap nothing when they are shared integers", () => {
    for (const [text, heap] of [
      ["9999", 0],
      ["10000", 16],
      ["-1", 16],
    ] as const) {
      value(LAYOUT.string, -1, () => say(text));
      expect([text, bill.heapBytes - NAME_AND_ENTRY]).toEqual([text, heap]);
      value(LAYOUT.string, -1, () => say(Number(text)));
      expect([text, bill.heapBytes - NAME_AND_ENTRY]).toEqual([text, heap]);
    }
  });

  it("cost the heap an entry of the expires table when they end", () => {
    value(LAYOUT.string, -1, () => say("x"));
    expect(sized(3, false).heapBytes).toBe(24 + 8 + 24);
    expect(sized(3, true).heapBytes).toBe(24 + 8 + 48);
  });
});

describe("lists", () => {
  it("are one listpack while that has at most 8192 bytes", () => {
    const listpack = (bytes: number) => () => {
      meter.blob(bytes, bytes);
      say("x", "y");
    };
    expect(value(LAYOUT.quicklist2, -1, listpack(8192))).toEqual({ encoding: "listpack", bytes: 16 + 8192 });
    expect(value(LAYOUT.quicklist2, -1, listpack(8193))).toEqual({
      encoding: "quicklist",
      bytes: 96 + 10240,
    });
    expect(meter.elements).toBe(2);
  });

  it("keep a plain node a quicklist, and drop empty nodes", () => {
    const walk = () => {
      meter.blob(7, 7);
      meter.plainNode(100, 100);
      say("x".repeat(100));
    };
    expect(value(LAYOUT.quicklist2, -1, walk)).toEqual({ encoding: "quicklist", bytes: 96 + 112 });
  });

  it("from ziplists are measured as listpacks, node by node", () => {
    const walk = () => {
      meter.blob(5000, 500);
      say(1, "x".repeat(70));
      meter.blob(5000, 500);
      say("y");
    };
    const entries = 16 + 40 + 40 + 96 + 40 + 16;
    expect(value(LAYOUT.quicklistZiplist, -1, walk)).toEqual({ encoding: "quicklist", bytes: entries });
  });

  it("saved element by element begin a node where the next element might not fit", () => {
    const elements = each(82, () => "x".repeat(100));
    expect(value(LAYOUT.list, 82, () => say(...elements.slice(1))).encoding).toBe("quicklist");
    const nodes = 79 * 103 + 7;
    expect(bill.bytes - NAME_AND_ENTRY).toBe(16 + 40 + 80 + 8192 + 224);
    expect([nodes <= 8192 - 8, nodes + 103 > 8192 - 8]).toEqual([true, true]);
    expect(value(LAYOUT.list, 79, () => say(...elements.slice(3)))).toEqual({
      encoding: "listpack",
      bytes: 16 + 8192,
    });
  });

  it("from a single ziplist stay a quicklist", () => {
    expect(value(LAYOUT.listZiplist, -1, () => say(1))).toEqual({
      encoding: "quicklist",
      bytes: 16 + 40 + 40 + 16,
    });
  });

  it("compress nodes far from both ends, as the snapshot did", () => {
    const target = makeTarget(redis72, { config: { listCompressDepth: 1 } });
    const compressing = new ValueMeter([makeTarget(redis72), target]);
    compressing.begin(LAYOUT.quicklist2, -1);
    for (let i = 0; i < 5; i++) {
      compressing.blob(8192, 1000);
      compressing.integer(0, i);
    }
    compressing.end();
    compressing.size(0, false);
    const [plain, compressed] = compressing.bills;
    expect(plain!.bytes - NAME_AND_ENTRY).toBe(56 + 5 * (40 + 8192));
    expect(compressed!.bytes - NAME_AND_ENTRY).toBe(56 + 5 * 40 + 2 * 8192 + 3 * 1024);
    expect([plain!.exactness, compressed!.exactness]).toEqual([EXACTNESS.exact, EXACTNESS.expectation]);
  });
});

describe("sets", () => {
  it("are intsets as wide as their widest member", () => {
    for (const [widest, width] of [
      ["-32768", 2],
      ["32768", 4],
      ["-2147483648", 4],
      ["2147483648", 8],
    ] as const) {
      const set = value(LAYOUT.set, 3, () => say(1, 2, widest));
      expect([widest, set]).toEqual([
        widest,
        { encoding: "intset", bytes: 16 + 8 + 3 * width + ((8 - ((3 * width) % 8)) % 8) },
      ]);
    }
  });

  it("keep the room that a listpack of their integers was guessed to need", () => {
    const set = value(LAYOUT.set, 11, () => say(...each(9, (i) => i), 16777216, "x"));
    expect(set).toEqual({ encoding: "listpack", bytes: 16 + 80 });
    expect(7 + 10 * 6).toBeGreaterThan(64);
  });

  it("are hash tables beyond 128 members that are no integers, or beyond 512", () => {
    expect(value(LAYOUT.set, 128, () => say(...each(128, (i) => `m${i}`))).encoding).toBe("listpack");
    expect(value(LAYOUT.set, 129, () => say(...each(129, (i) => `m${i}`)))).toEqual({
      encoding: "hashtable",
      bytes: 16 + 56 + 256 * 8 + 129 * (24 + 8),
    });
    expect(value(LAYOUT.set, 512, () => say(...each(512, (i) => i))).encoding).toBe("intset");
    expect(value(LAYOUT.set, 513, () => say(...each(513, (i) => i))).encoding).toBe("hashtable");
  });

  it("from a listpack keep long members packed, as only their number is looked at", () => {
    const walk = (members: number) => () => {
      meter.blob(500, 500);
      say(...each(members, () => "x".repeat(100)));
    };
    expect(value(LAYOUT.setListpack, -1, walk(5))).toEqual({ encoding: "listpack", bytes: 16 + 512 });
    expect(value(LAYOUT.setListpack, -1, walk(129)).encoding).toBe("hashtable");
  });
});

describe("hashes", () => {
  it("are hash tables from the first long field or value on", () => {
    expect(value(LAYOUT.hash, 1, () => say("f", "x".repeat(64)))).toEqual({
      encoding: "listpack",
      bytes: 16 + 80,
    });
    expect(value(LAYOUT.hash, 1, () => say("f", "x".repeat(65)))).toEqual({
      encoding: "hashtable",
      bytes: 16 + 56 + 32 + 24 + 8 + 80,
    });
    expect([meter.elements, meter.payloadBytes, meter.largestBytes]).toEqual([1, 66, 65]);
  });

  it("may end a load with two tables", () => {
    const walk = () => say(...each(8, (i) => `f${i}`), "f", "x".repeat(65));
    expect(value(LAYOUT.hash, 5, walk).bytes).toBe(16 + 56 + (4 + 8) * 8 + 5 * 24 + 9 * 8 + 80);
    expect(bill.exactness).toBe(EXACTNESS.exact);
    const more = () => {
      walk();
      say("g", "h");
    };
    expect(value(LAYOUT.hash, 6, more).encoding).toBe("hashtable");
    // Two arrays still, but the move of the first 4 buckets may have
    // ended: it did if all 4 fields were in one.
    expect([bill.exactness, bill.below, bill.above]).toEqual([EXACTNESS.expectation, 32, 0]);
  });

  it("hold more than 512 fields in a table of their size", () => {
    const hash = value(LAYOUT.hash, 513, () => say(...each(1026, () => "ab")));
    expect(hash).toEqual({ encoding: "hashtable", bytes: 16 + 56 + 8192 + 513 * (24 + 8 + 8) });
  });

  it("from a ziplist are measured as a listpack", () => {
    const walk = () => {
      meter.blob(999, 99);
      say("f", 1000, "g", 5);
    };
    expect(value(LAYOUT.hashZiplist, -1, walk)).toEqual({ encoding: "listpack", bytes: 16 + 24 });
    expect([meter.elements, meter.payloadBytes]).toEqual([2, 7]);
  });
});

describe("zsets", () => {
  it("leave packed scores out of payload and largest element", () => {
    const walk = () => {
      meter.blob(40, 40);
      say("ab", "1234567.5", 77, 3);
    };
    expect(value(LAYOUT.zsetListpack, -1, walk)).toEqual({ encoding: "listpack", bytes: 16 + 40 });
    expect([meter.elements, meter.payloadBytes, meter.largestBytes]).toEqual([2, 4, 2]);
  });

  it("saved member by member are packed with their scores", () => {
    const walk = () => {
      say("ab");
      meter.score(1.25);
      say("c");
      meter.score(7);
    };
    expect(value(LAYOUT.zset, 2, walk)).toEqual({ encoding: "listpack", bytes: 16 + 24 });
  });

  it("as skiplists are an expectation with a band that holds what servers answered", () => {
    const walk = () => {
      for (let i = 0; i < 1000; i++) {
        say("m".repeat(9));
        meter.score(i / 3);
      }
    };
    expect(value(LAYOUT.zset, 1000, walk).encoding).toBe("skiplist");
    const fixed = 16 + 16 + 32 + 56 + 8192 + 640 + 1000 * (24 + 16);
    const perNode = (bill.bytes - NAME_AND_ENTRY - fixed) / 1000;
    expect(perNode).toBeGreaterThan(45);
    expect(perNode).toBeLessThan(47);
    expect(bill.exactness).toBe(EXACTNESS.expectation);
    expect(bill.above).toBeLessThan(2500);
  });
});

describe("streams, modules and the rest", () => {
  it("count radix tree, listpack, groups, consumers and pending entries", () => {
    const id = new Uint8Array(16).fill(1);
    const walk = () => {
      meter.blob(32, 30);
      meter.streamNode(id, 0, 1);
      say("f", "v");
      meter.streamLength(1);
      meter.streamGroup(5, 1, Buffer.from("group"), 0);
      meter.streamPending(id, 0);
      meter.streamConsumer(3, 1, Buffer.from("ann"), 0);
      meter.streamConsumerPending(id, 0);
      meter.streamConsumer(4, 0, Buffer.from("bert"), 0);
    };
    const tree = 16 + 2 * 244;
    const bytes = 96 + tree + 32 + 40 + tree + 24 + (32 + 3 + tree) + (32 + 4 + 244);
    expect(value(LAYOUT.stream, -1, walk)).toEqual({ encoding: "stream", bytes });
    expect([meter.elements, meter.payloadBytes, bill.exactness]).toEqual([1, 2, EXACTNESS.exact]);
  });

  it("count the tree of an emptied stream", () => {
    expect(value(LAYOUT.stream, -1, () => meter.streamLength(0)).bytes).toBe(96 + 244);
    expect(meter.elements).toBe(0);
  });

  it("call a module's size a lower bound", () => {
    expect(value(LAYOUT.module, -1, () => meter.module(1, 2, 1000)).bytes).toBe(1016);
    expect([bill.exactness, meter.moduleHigh, meter.moduleLow]).toEqual([EXACTNESS.lowerBound, 1, 2]);
  });

  it("size nothing of a value that never began", () => {
    value(LAYOUT.string, -1, () => say("x".repeat(1000)));
    meter.end();
    meter.size(0, false);
    expect([meter.type, bill.bytes - NAME_AND_ENTRY - 16, meter.payloadBytes, bill.exactness]).toEqual([
      -1,
      0,
      0,
      EXACTNESS.lowerBound,
    ]);
  });
});

describe("the largest element", () => {
  const name = () => new TextDecoder().decode(meter.largest.bytes.subarray(0, meter.largest.length));

  it("is kept by its first 256 bytes, an integer by its digits", () => {
    value(LAYOUT.hashListpack, -1, () => say("ab", -12345, "cde", "x"));
    expect(name()).toBe("-12345");
    value(LAYOUT.setListpack, -1, () => say("short", "long".repeat(100), "shorter"));
    expect(name()).toBe("long".repeat(64));
    expect(meter.largestBytes).toBe(400);
  });

  it("is not kept of strings, nor below what is asked for", () => {
    value(LAYOUT.string, -1, () => say("hello"));
    expect(meter.largest.length).toBe(0);
    meter.captureFrom = 5;
    value(LAYOUT.setListpack, -1, () => say("1234", 99999, "x"));
    expect(name()).toBe("99999");
    value(LAYOUT.setListpack, -1, () => say("1234", 9999));
    expect(meter.largest.length).toBe(0);
    meter.captureFrom = 0;
  });
});

describe("several targets", () => {
  it("are finished from one walk, each by its own settings and allocator", () => {
    const small = makeTarget(redis72, { allocator: "jemalloc-16", config: { hashMaxListpackEntries: 1 } });
    const both = new ValueMeter([makeTarget(redis72), small]);
    both.begin(LAYOUT.hashListpack, -1);
    both.blob(17, 17);
    for (const element of ["a", "b", "c", "d"]) both.text(1, encoder.encode(element), 0);
    both.end();
    both.size(2, false);
    expect(both.bills.map(({ encoding }) => ENCODINGS[encoding])).toEqual(["listpack", "hashtable"]);
    expect(both.bills[0]!.bytes).toBe(16 + 24 + 8 + 24);
    expect(both.bills[1]!.bytes).toBe(16 + 56 + 32 + 2 * (24 + 8 + 8) + 8 + 24);
    expect(both.bills[1]!.heapBytes).toBe(16 + 64 + 32 + 2 * (32 + 8 + 8) + 8 + 32);
  });
});
