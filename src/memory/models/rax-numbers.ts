import type { Allocator } from "../allocators/index.ts";
import { raxNodeBytes } from "./rax-nodes.ts";

/**
 * What the allocator holds for the nodes of a radix tree whose keys are the first `count` of `numbers`, each
 * with a value: different whole numbers, ascending, as `keyBytes` bytes with the most significant first.
 * Mirrors raxGenericInsert(), rax.c, Redis 7.4.1 and Valkey 8.1.1. Exact.
 */
export function raxNumbersBytes(
  numbers: ArrayLike<number>,
  count: number,
  keyBytes: number,
  allocator: Allocator,
): number {
  return subtreeBytes(numbers, 0, count, 0, keyBytes, allocator);
}

/** Numbers [from, to), which share their first `depth` bytes. */
function subtreeBytes(
  numbers: ArrayLike<number>,
  from: number,
  to: number,
  depth: number,
  keyBytes: number,
  allocator: Allocator,
): number {
  const { goodSize } = allocator;
  const shared = sharedBytes(numbers[from]!, numbers[to - 1]!, keyBytes);
  const run = shared > depth ? goodSize(raxNodeBytes(shared - depth, 1, false)) : 0;
  if (shared === keyBytes) return run + goodSize(raxNodeBytes(0, 0, true));
  let children = 0;
  let bytes = run;
  for (let start = from; start < to; children++) {
    let end = start + 1;
    while (end < to && sharedBytes(numbers[start]!, numbers[end]!, keyBytes) > shared) end++;
    bytes += subtreeBytes(numbers, start, end, shared + 1, keyBytes, allocator);
    start = end;
  }
  return bytes + goodSize(raxNodeBytes(children, children, false));
}

/** Leading bytes that two numbers share. */
function sharedBytes(a: number, b: number, keyBytes: number): number {
  let left = a;
  let right = b;
  let shared = keyBytes;
  for (; left !== right; shared--) {
    left = Math.floor(left / 256);
    right = Math.floor(right / 256);
  }
  return shared;
}
