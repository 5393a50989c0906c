import { describe, expect, it } from "vitest";
import { LAYOUT } from "../../parsers/visitor.ts";
import type { Bill } from "../../src/memory/bill.ts";
import type { Finish } from "../../src/memory/loader.ts";
import { ValueMeter } from "../../src/memory/meter.ts";
import {
  finishStream50,
  finishStream62,
  finishStream70,
  finishStream72,
  finishStream82,
  finishStream84,
  finishStream86,
  finishStreamValkey81,
} from "../../src/memory/models/streams/stream.ts";
import { redis72 } from "../../src/memory/profiles/redis-7.2.ts";
import { makeTarget } from "../../src/memory/target.ts";
import { EXACTNESS } from "../../src/memory/types.ts";

/** The value alone, as a server with this Finish holds it. */
function sized(finish: Finish, walk: (meter: ValueMeter) => void): Bill {
  const loader = { ...redis72.loader, stream: finish };
  const meter = new ValueMeter([makeTarget({ ...redis72, loader, key: () => {} })]);
  meter.begin(LAYOUT.stream, -1);
  walk(meter);
  meter.end();
  meter.size(3, false);
  return meter.bills[0]!;
}

const both = (finish: Finish, walk: (meter: ValueMeter) => void): [number, number] => {
  const { bytes, heapBytes } = sized(finish, walk);
  return [bytes, heapBytes];
};

const group = (meter: ValueMeter, name: string, pending = 0): void =>
  meter.streamGroup(name.length, pending, Buffer.from(name), 0);
const consumer = (meter: ValueMeter, name: string, pending = 0): void =>
  meter.streamConsumer(name.length, pending, Buffer.from(name), 0);
const id = (last: number): Uint8Array => new Uint8Array(16).fill(last, 15);

/** One listpack of 100 bytes, one group of two consumers, one entry pending with the first. */
function small(meter: ValueMeter): void {
  meter.blob(100, 100);
  meter.streamNode(id(1), 0, 1);
  meter.streamLength(1);
  group(meter, "group", 1);
  meter.streamPending(id(1), 0);
  consumer(meter, "ann", 1);
  meter.streamConsumerPending(id(1), 0);
  consumer(meter, "bert");
}

/** A tree of one id is a node of 32 bytes and one of 16; an empty one a node of 8. */
const ONE = 48;
const EMPTY = 8;
/**
 * A tree of one name of 5 bytes: 24 and 16; of "ann" and "bert": a branch of 24, runs of 16, leaves of 16.
 */
const GROUP_NAME = 40;
const CONSUMER_NAMES = 24 + 16 + 16 + 16 + 16;
/** The server's guess of a tree of one id. */
const GUESS = 16 + 2 * 244;

describe("a stream", () => {
  it("has its trees guessed up to Redis 8.0, by each version's structures", () => {
    const trees = 3 * GUESS + 244;
    const of = (stream: number, listpack: number, cg: number, owner: number): number =>
      stream + listpack + cg + trees + 24 + 2 * owner + 7;
    expect(sized(finishStream50, small).bytes).toBe(of(0, 100, 32, 24));
    expect(sized(finishStream62, small).bytes).toBe(of(40, 112, 32, 24));
    expect(sized(finishStream70, small).bytes).toBe(of(80, 112, 40, 24));
    expect(sized(finishStream72, small).bytes).toBe(of(80, 112, 40, 32));
    expect(sized(finishStream82, small).bytes).toBe(of(112, 112, 40, 32) + 8);
  });

  it("holds trees of names and of ids on the heap", () => {
    const trees = 6 * 24 + 3 * ONE + EMPTY + GROUP_NAME + CONSUMER_NAMES;
    const names = 8 + 8;
    expect(sized(finishStream72, small).heapBytes).toBe(80 + 112 + 40 + 24 + 64 + names + trees);
    expect(sized(finishStream50, small).heapBytes).toBe(40 + 112 + 32 + 24 + 48 + names + trees);
  });

  it("holds an index from pending ids to groups since Redis 8.2", () => {
    const [before, after] = [finishStream72, finishStream82].map((finish) => sized(finish, small).heapBytes);
    expect(after! - before!).toBe(32 + 8 + (24 + ONE) + 48 + 24);
  });

  it("has its trees by id as they are on Valkey 8.1", () => {
    const trees = 4 * 32 + 3 * ONE + EMPTY;
    expect(both(finishStreamValkey81, small)).toEqual([
      80 + 112 + 40 + 24 + 64 + 7 + trees,
      80 + 112 + 40 + 24 + 64 + 16 + trees + 2 * 32 + GROUP_NAME + CONSUMER_NAMES,
    ]);
  });

  it("knows what it takes on Redis 8.6, but for lists and the rounding of listpacks and short names", () => {
    const trees = 7 * 32 + 4 * ONE + EMPTY + GROUP_NAME + CONSUMER_NAMES;
    expect(both(finishStream86, small)).toEqual([
      160 + 100 + 56 + 64 + 64 + (5 + 6) + trees,
      160 + 112 + 56 + 64 + 64 + 16 + trees + 48 + 24,
    ]);
  });

  it("without entries is a structure and an empty tree", () => {
    const empty = (meter: ValueMeter): void => meter.streamLength(0);
    expect(both(finishStream62, empty)).toEqual([40 + 244, 40 + 24 + EMPTY]);
    expect(both(finishStreamValkey81, empty)).toEqual([80 + 32 + EMPTY, 80 + 32 + EMPTY]);
    expect(both(finishStream86, empty)).toEqual([160 + 32 + EMPTY, 160 + 32 + EMPTY]);
  });

  it("loses a byte to Valkey's averages where its server does", () => {
    const named = (count: number) => (meter: ValueMeter) => {
      meter.streamLength(0);
      group(meter, "g");
      for (let i = 0; i < count; i++) {
        consumer(meter, `c${String(i).padStart(2, "0")}${i === count - 1 ? "x" : ""}`);
      }
    };
    // What Valkey 9.1.2 answered for such a stream, without its object of 24 bytes with the key's name.
    const answers = { 25: 2100 - 24, 26: 2174 - 24, 27: 2250 - 24, 44: 3524 - 24, 76: 5924 - 24 };
    for (const [count, bytes] of Object.entries(answers)) {
      expect([count, sized(finishStreamValkey81, named(Number(count))).bytes]).toEqual([count, bytes]);
    }
  });

  it("indexes an id once that is pending in several groups, in any order", () => {
    const pendingIn =
      (...groups: number[][]) =>
      (meter: ValueMeter) => {
        meter.streamLength(0);
        for (const [i, ids] of groups.entries()) {
          group(meter, `g${i}`, ids.length);
          for (const last of ids) meter.streamPending(id(last), 0);
        }
      };
    const index = (walk: (meter: ValueMeter) => void): number => {
      const [tracked, plain] = [finishStream86, finishStreamValkey81].map(
        (finish) => sized(finish, walk).heapBytes,
      );
      const groups = 2;
      const pending = 4;
      return tracked! - plain! - 80 - groups * 16 - pending * 40 - pending * 24;
    };
    // Ids 1 to 4: a run of 15, a branch of four, four leaves. Ids 1 and 2: a branch of two.
    expect(index(pendingIn([3, 4], [1, 2]))).toBe(32 + 32 + 40 + 4 * 16 + 4 * 48);
    expect(index(pendingIn([1, 2], [1, 2]))).toBe(32 + 32 + 24 + 2 * 16 + 2 * 48);
  });

  it("holds each group's pending ids by delivery time on Redis 8.4", () => {
    const delivered = (meter: ValueMeter): void => {
      meter.streamLength(0);
      group(meter, "g", 2);
      // Id 1 was delivered at 2 ms, id 2 at 1 ms.
      meter.streamPending(Uint8Array.from([...id(1), 2, 0, 0, 0, 0, 0, 0, 0]), 0);
      meter.streamPending(Uint8Array.from([...id(2), 1, 0, 0, 0, 0, 0, 0, 0]), 0);
      group(meter, "h");
    };
    const [before, after] = [finishStream82, finishStream84].map((finish) => sized(finish, delivered));
    expect(after!.bytes - before!.bytes).toBe(2 * 8);
    // A run of 7 bytes, a branch of two, two runs of 16, two leaves without values; and an empty tree.
    const trees = 2 * 24 + 24 + 24 + 2 * 32 + 2 * 8 + 8;
    expect(after!.heapBytes - before!.heapBytes).toBe(2 * 8 + trees);
  });

  it("counts producers and their ids on Redis 8.6", () => {
    const produced = (meter: ValueMeter): void => {
      meter.streamLength(0);
      meter.streamProducer(2, 5, Buffer.from("p1"), 0);
      for (let i = 0; i < 5; i++) meter.streamProducerId(10);
    };
    const [bytes, heapBytes] = both(finishStream86, produced);
    expect(bytes).toBe(160 + 32 + EMPTY + 24 + 5 * 48);
    const tree = 32 + 16 + 16;
    const dict = 56 + 5 * 24 + 8 * 8 + 4 * 8;
    const tracked = 24 + 24; // an object with the key's name of 3 bytes, and a dictEntry
    expect(heapBytes - bytes).toBe(tree + dict + tracked);
  });

  it("is an expectation when ids or names do not ascend", () => {
    const unordered = (meter: ValueMeter): void => {
      meter.streamLength(0);
      group(meter, "b");
      group(meter, "a");
    };
    expect(sized(finishStream72, unordered).exactness).toBe(EXACTNESS.expectation);
    expect(sized(finishStream72, small).exactness).toBe(EXACTNESS.exact);
  });
});
