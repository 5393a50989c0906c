import { type Allocator, tabledAllocator } from "./allocator.ts";
import { glibcUsableSize, prefixedSize } from "./glibc.ts";
import { jemallocPagedSizeClass, jemallocSizeClass } from "./jemalloc.ts";

export type { Allocator } from "./allocator.ts";

/**
 * Known allocators by name. `jemalloc` is the vendored one, which Redis and Valkey configure with
 * an 8-byte quantum (deps/Makefile); `jemalloc-16` a distribution's own build,
 * `jemalloc-16-paged` the same from 5.3.1 on; `libc` is glibc's malloc, and `libc-prefixed` the
 * same under a server that keeps its own account of sizes.
 */
export const ALLOCATORS = {
  jemalloc: tabledAllocator("jemalloc", (bytes) => jemallocSizeClass(bytes, 3)),
  "jemalloc-16": tabledAllocator("jemalloc-16", (bytes) => jemallocSizeClass(bytes, 4)),
  "jemalloc-16-paged": tabledAllocator("jemalloc-16-paged", (bytes) => jemallocPagedSizeClass(bytes, 4)),
  libc: tabledAllocator("libc", glibcUsableSize),
  "libc-prefixed": tabledAllocator("libc-prefixed", prefixedSize),
} as const satisfies Record<string, Allocator>;

export type AllocatorName = keyof typeof ALLOCATORS;
