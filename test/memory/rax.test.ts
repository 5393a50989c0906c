import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ALLOCATORS } from "../../src/memory/allocators/index.ts";
import { RaxCounter } from "../../src/memory/models/rax.ts";
import { RaxNodeSizes } from "../../src/memory/models/rax-nodes.ts";
import { NaiveRax } from "../support/naive-rax.ts";

const allocators = [ALLOCATORS.jemalloc, ALLOCATORS["jemalloc-16"]];
const counterOf = (): RaxCounter => new RaxCounter(allocators.map((one) => new RaxNodeSizes(one)));

/** Nodes and bytes of one tree: as counted, and as built. */
function counted(keys: readonly Uint8Array[]): unknown {
  const counter = counterOf();
  counter.begin();
  for (const key of keys) counter.add(Uint8Array.from([9, ...key]), 1, key.length);
  return [counter.elements, counter.nodes, counter.disorder, ...counter.bytes];
}

function built(keys: readonly Uint8Array[]): unknown {
  const tree = new NaiveRax();
  for (const key of keys) tree.insert(key);
  const sizes = allocators.map((one) => tree.measure(one.goodSize));
  return [tree.elements, sizes[0]!.nodes, 0, ...sizes.map(({ bytes }) => bytes)];
}

const sorted = (keys: readonly Uint8Array[]): Uint8Array[] => {
  const byText = new Map(keys.map((key) => [Buffer.from(key).toString("hex"), key]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
};

const letters = (count: number) => fc.integer({ min: 0, max: count - 1 });
/** Names that are alike, prefixes of each other, empty, or long. */
const names = fc
  .tuple(fc.constantFrom(1, 2, 3, 256), fc.constantFrom(3, 12, 60))
  .chain(([alphabet, size]) => {
    const name = fc.uint8Array({ min: 0, max: alphabet - 1, maxLength: size });
    return fc.array(name, { maxLength: 80 });
  });
/** Ids whose bytes vary in one place only: dense, sparse, alike in front, alike behind. */
const ids = fc.tuple(letters(16), fc.constantFrom(2, 3, 17, 256)).chain(([from, alphabet]) => {
  const varying = fc.array(letters(alphabet), { minLength: 1, maxLength: 16 - from });
  const id = varying.map((bytes) => {
    const whole = new Uint8Array(16).fill(7);
    whole.set(bytes, from);
    return whole;
  });
  return fc.array(id, { maxLength: 300 });
});

describe("RaxCounter", () => {
  it("counts an empty tree as one node of 8 bytes", () => {
    const counter = counterOf();
    counter.begin();
    expect([counter.nodes, counter.elements, ...counter.bytes]).toEqual([1, 0, 8, 8]);
  });

  it("counts an id alone: a node of all its bytes and an empty one, both with pointers", () => {
    // 4 + 16 + 4 of padding + 8 of the child; 4 + 4 of padding + 8 of the value
    expect(counted([new Uint8Array(16)])).toEqual([1, 2, 0, 32 + 16, 32 + 16]);
  });

  it("counts names that are prefixes of others", () => {
    // "a" (4+1+3+8) -> "b" with a value (4+1+3+8+8) -> a leaf (4+4+8)
    expect(counted([Buffer.from("a"), Buffer.from("ab")])).toEqual([2, 3, 0, 16 + 24 + 16, 16 + 32 + 16]);
  });

  it("counts what a tree has that was built key by key", () => {
    const check = (keys: Uint8Array[]): void => {
      expect(counted(sorted(keys))).toEqual(built(sorted(keys)));
    };
    fc.assert(fc.property(ids, check), { numRuns: 400 });
    fc.assert(fc.property(names, check), { numRuns: 600 });
  });

  it("rests on trees whose shape does not depend on the order of insertion", () => {
    fc.assert(
      fc.property(names, (keys) => {
        const [own, inOrder] = [new NaiveRax(), new NaiveRax()];
        for (const key of keys) own.insert(key);
        for (const key of sorted(keys)) inOrder.insert(key);
        expect(own.root.isKey).toBe(inOrder.root.isKey);
        expect(own.measure((bytes) => bytes)).toEqual(inOrder.measure((bytes) => bytes));
      }),
    );
  });

  it("counts runs longer than its tables", () => {
    const keys = [1, 2, 3].map((last) => new Uint8Array(70_000).fill(65).fill(last, 69_999));
    expect(counted(keys)).toEqual(built(keys));
  });

  it("counts all trees together", () => {
    const counter = counterOf();
    const trees = [
      ["a", "b"],
      ["ab", "abc", "b"],
    ].map((names) => names.map((name) => Buffer.from(name)));
    let nodes = 0;
    for (const keys of trees) {
      counter.begin();
      for (const key of keys) counter.add(key, 0, key.length);
      const tree = new NaiveRax();
      for (const key of keys) tree.insert(key);
      nodes += tree.measure((bytes) => bytes).nodes;
    }
    expect([counter.trees, counter.elements, counter.nodes]).toEqual([2, 5, nodes]);
  });

  it("leaves out keys that are equal or prefixes of the one before, counts smaller ones, and says so", () => {
    const counter = counterOf();
    counter.begin();
    for (const key of ["bc", "bc", "b", "ba"]) counter.add(Buffer.from(key), 0, key.length);
    expect([counter.elements, counter.disorder]).toEqual([2, 3]);
  });

  it("stays sane when keys come in any order", () => {
    fc.assert(
      fc.property(names, (keys) => {
        const counter = counterOf();
        counter.begin();
        for (const key of keys) counter.add(key, 0, key.length);
        const distinct = sorted(keys).length;
        expect(counter.elements + counter.disorder).toBeGreaterThanOrEqual(distinct);
        expect(counter.elements).toBeLessThanOrEqual(keys.length);
        expect(counter.nodes).toBeGreaterThan(0);
        expect(counter.bytes[0]!).toBeGreaterThanOrEqual(8 * counter.nodes);
      }),
    );
  });

  it("takes names that are alike as far as they can be read for disorder", () => {
    const counter = counterOf();
    counter.begin();
    const prefix = new Uint8Array(10);
    for (const bytes of [100, 200]) counter.add(prefix, 0, bytes, 10);
    expect([counter.elements, counter.disorder]).toEqual([1, 1]);
  });
});
