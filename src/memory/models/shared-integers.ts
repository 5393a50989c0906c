import type { MemoryConfig } from "../profiles/index.ts";

/**
 * MAXMEMORY_FLAG_LRU and MAXMEMORY_FLAG_LFU: policies that need an object a key, to note when it was used.
 */
const NO_SHARED_INTEGERS = /-(lru|lfu)$/;

/**
 * Whether keys whose value is 0 to 9999 share an object, on servers that have such: not under a limit of
 * memory with an LRU or LFU policy. Mirrors tryObjectEncodingEx() and
 * createStringObjectFromLongLongWithOptions(), object.c, Redis 7.2.6. Exact.
 */
export function sharesIntegers({ maxmemory, maxmemoryPolicy }: MemoryConfig): boolean {
  return maxmemory === 0 || !NO_SHARED_INTEGERS.test(maxmemoryPolicy);
}
