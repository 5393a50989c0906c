import { describe, expect, it } from "vitest";
import { RaxCounter, raxHeapBytes } from "../../src/memory/models/rax.ts";
import { redis72 } from "../../src/memory/profiles/redis-7.2.ts";
import { makeTarget } from "../../src/memory/target.ts";

/** A radix tree as rax.c keeps it: a node's edge bytes, whether they are one compressed run, and children. */
interface Node {
  bytes: number[];
  run: boolean;
  children: Node[];
}

const leaf = (): Node => ({ bytes: [], run: false, children: [] });

/** Insertion with the splits of raxGenericInsert(), on keys of one length. */
function insert(node: Node, key: number[], at: number): void {
  if (at === key.length) return;
  if (node.children.length === 0) {
    const rest = key.slice(at);
    node.bytes = rest;
    node.run = rest.length > 1;
    node.children = [leaf()];
    return;
  }
  if (!node.run) {
    const index = node.bytes.indexOf(key[at]!);
    const child = node.children[index] ?? leaf();
    if (index < 0) {
      node.bytes.push(key[at]!);
      node.children.push(child);
    }
    insert(child, key, at + 1);
    return;
  }
  const split = node.bytes.findIndex((byte, i) => byte !== key[at + i]);
  if (split < 0) {
    insert(node.children[0]!, key, at + node.bytes.length);
    return;
  }
  const next = node.children[0]!;
  const postfix = node.bytes.slice(split + 1);
  const below = postfix.length === 0 ? next : { bytes: postfix, run: postfix.length > 1, children: [next] };
  const branch: Node = { bytes: [node.bytes[split]!], run: false, children: [below] };
  if (split === 0) Object.assign(node, branch);
  else Object.assign(node, { bytes: node.bytes.slice(0, split), run: split > 1, children: [branch] });
  insert(split === 0 ? node : branch, key, at + split);
}

/** Nodes and allocated bytes of a tree whose leaves are keys; raxNodeCurrentLength(). */
function measure(node: Node, goodSize: (bytes: number) => number): [number, number] {
  const padded = Math.ceil((4 + node.bytes.length) / 8) * 8;
  const pointers = node.children.length === 0 ? 1 : node.children.length;
  let [nodes, bytes] = [1, goodSize(padded + 8 * pointers)];
  for (const child of node.children) {
    const [n, b] = measure(child, goodSize);
    nodes += n;
    bytes += b;
  }
  return [nodes, bytes];
}

/** A small generator with a seed, so that a failure can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Ascending ids of many shapes: dense, sparse, alike in front, alike behind. */
function ids(seed: number): number[][] {
  const next = random(seed);
  const alphabet = [2, 3, 17, 256][seed % 4]!;
  const varying = 1 + next(16);
  const first = next(17 - varying);
  const keys = new Map<string, number[]>();
  for (let i = 1 + next(200); i > 0; i--) {
    const key = new Array<number>(16).fill(7);
    for (let at = first; at < first + varying; at++) key[at] = next(alphabet);
    keys.set(Buffer.from(key).toString("hex"), key);
  }
  return [...keys].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
}

const target = makeTarget(redis72);

describe("RaxCounter", () => {
  it("counts an empty tree as one node", () => {
    const counter = new RaxCounter();
    counter.begin();
    expect([counter.nodes, counter.elements]).toEqual([1, 0]);
    expect(raxHeapBytes(counter, target)).toBe(24 + 8);
  });

  it("counts nodes and bytes of a tree that was really built", () => {
    const counter = new RaxCounter();
    for (let seed = 1; seed <= 400; seed++) {
      const root = leaf();
      counter.reset();
      counter.begin();
      const keys = ids(seed);
      for (const key of keys) {
        insert(root, key, 0);
        counter.add(Uint8Array.from([9, ...key]), 1);
      }
      const [nodes, bytes] = measure(root, target.allocator.goodSize);
      expect([seed, counter.elements, counter.nodes]).toEqual([seed, keys.length, nodes]);
      expect([seed, raxHeapBytes(counter, target)]).toEqual([seed, 24 + bytes]);
    }
  });

  it("counts all trees of a stream together", () => {
    const [counter, alone] = [new RaxCounter(), new RaxCounter()];
    let nodes = 0;
    for (let seed = 1; seed <= 5; seed++) {
      counter.begin();
      alone.reset();
      alone.begin();
      for (const key of ids(seed)) {
        counter.add(Uint8Array.from(key), 0);
        alone.add(Uint8Array.from(key), 0);
      }
      nodes += alone.nodes;
    }
    expect([counter.trees, counter.nodes]).toEqual([5, nodes]);
  });

  it("leaves out ids that do not ascend, and says so", () => {
    const counter = new RaxCounter();
    counter.begin();
    const id = new Uint8Array(16).fill(5);
    counter.add(id, 0);
    counter.add(id, 0);
    counter.add(new Uint8Array(16).fill(4), 0);
    expect([counter.elements, counter.disorder]).toEqual([1, 2]);
  });
});
