import type { Allocator } from "../../allocators/index.ts";

/** sizeof(rax) with its count of allocated bytes, rax.h, Valkey 8.1.1. */
const RAX_BYTES = 32;
/** sizeof(raxNode), and a pointer, rax.h, Valkey 8.1.1. */
const RAX_NODE_BYTES = 4;
const POINTER_BYTES = 8;
/** Bytes of a key that is a 64-bit number, most significant first. */
const KEY_BYTES = 8;

/**
 * Allocations of a radix tree whose keys are `keys` (different whole numbers, ascending), each with a pointer.
 * Mirrors raxAllocSize(), rax.c, Valkey 8.1.1. Exact.
 */
export function raxKeysBytes(keys: readonly number[], allocator: Allocator): number {
  return allocator.goodSize(RAX_BYTES) + subtreeBytes(keys, 0, keys.length, 0, allocator);
}

/** Keys `from` to `to` (exclusive), which share their first `depth` bytes. */
function subtreeBytes(
  keys: readonly number[],
  from: number,
  to: number,
  depth: number,
  allocator: Allocator,
): number {
  const shared = sharedBytes(keys[from] as number, keys[to - 1] as number);
  const prefix = shared > depth ? allocator.goodSize(nodeBytes(shared - depth, 1)) : 0;
  if (to - from === 1) return prefix + allocator.goodSize(nodeBytes(0, 0) + POINTER_BYTES);
  let children = 0;
  let bytes = 0;
  for (let start = from; start < to; children++) {
    let end = start + 1;
    while (end < to && byteAt(keys[end] as number, shared) === byteAt(keys[start] as number, shared)) end++;
    bytes += subtreeBytes(keys, start, end, shared + 1, allocator);
    start = end;
  }
  return prefix + bytes + allocator.goodSize(nodeBytes(children, children));
}

/** raxNodeCurrentLength(), rax.c, Valkey 8.1.1: header, characters, padding, pointers to children. */
function nodeBytes(characters: number, children: number): number {
  return Math.ceil((RAX_NODE_BYTES + characters) / POINTER_BYTES) * POINTER_BYTES + children * POINTER_BYTES;
}

function sharedBytes(a: number, b: number): number {
  let shared = 0;
  while (shared < KEY_BYTES && byteAt(a, shared) === byteAt(b, shared)) shared++;
  return shared;
}

function byteAt(key: number, at: number): number {
  return Math.floor(key / 256 ** (KEY_BYTES - 1 - at)) % 256;
}
