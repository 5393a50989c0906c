import { type Allocator, tabledAllocator } from "./allocator.ts";
import { jemallocSizeClass } from "./jemalloc.ts";

export type { Allocator } from "./allocator.ts";

/**
 * Known allocators by name. `jemalloc` is the vendored one, which Redis and Valkey configure with an 8-byte
 * quantum (deps/Makefile); `jemalloc-16` a distribution's own build.
 */
export const ALLOCATORS = {
  jemalloc: tabledAllocator("jemalloc", (bytes) => jemallocSizeClass(bytes, 3)),
  "jemalloc-16": tabledAllocator("jemalloc-16", (bytes) => jemallocSizeClass(bytes, 4)),
} as const satisfies Record<string, Allocator>;

export type AllocatorName = keyof typeof ALLOCATORS;
