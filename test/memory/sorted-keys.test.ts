import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ALLOCATORS } from "../../src/memory/allocators/index.ts";
import { RaxCounter } from "../../src/memory/models/rax.ts";
import { RaxNodeSizes } from "../../src/memory/models/rax-nodes.ts";
import { SortedKeys } from "../../src/memory/models/streams/sorted-keys.ts";
import { NaiveRax } from "../support/naive-rax.ts";

const { goodSize } = ALLOCATORS.jemalloc;

describe("SortedKeys", () => {
  it("counts the tree of keys in any order, each once", () => {
    const kept = new SortedKeys(8);
    const rax = new RaxCounter([new RaxNodeSizes(ALLOCATORS.jemalloc)]);
    const key = fc.uint8Array({ min: 253, max: 255, minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(key, { maxLength: 600 }), (keys) => {
        const tree = new NaiveRax();
        kept.reset();
        rax.reset();
        for (const bytes of keys) {
          kept.add(Uint8Array.from([1, ...bytes]), 1);
          tree.insert(bytes);
        }
        kept.count(rax);
        const { nodes, bytes } = tree.measure(goodSize);
        expect([rax.elements, rax.nodes, rax.bytes[0], rax.disorder]).toEqual([
          tree.elements,
          nodes,
          bytes,
          0,
        ]);
      }),
    );
  });
});
