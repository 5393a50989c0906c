import { describe, expect, it } from "vitest";
import { glibcUsableSize, prefixedSize } from "../../src/memory/allocators/glibc.ts";
import { ALLOCATORS } from "../../src/memory/allocators/index.ts";
import { jemallocPagedSizeClass, jemallocSizeClass } from "../../src/memory/allocators/jemalloc.ts";

/** The classes that are met when every size up to `limit` is asked for. */
function classes(lgQuantum: number, limit: number): number[] {
  const found = new Set<number>();
  for (let bytes = 1; bytes <= limit; bytes++) found.add(jemallocSizeClass(bytes, lgQuantum));
  return [...found];
}

describe("jemalloc size classes", () => {
  it("are every 8 bytes up to 64, then four to a doubling, as Redis builds it", () => {
    expect(classes(3, 512)).toEqual([
      8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512,
    ]);
  });

  it("are 8, then every 16 bytes up to 128, as distributions build it", () => {
    expect(classes(4, 256)).toEqual([8, 16, 32, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256]);
  });

  it("go on beyond the small classes and beyond 2^32", () => {
    expect(jemallocSizeClass(12308, 3)).toBe(14336);
    expect(jemallocSizeClass(14337, 3)).toBe(16384);
    expect(jemallocSizeClass(16385, 3)).toBe(20480);
    expect(jemallocSizeClass(1048586, 3)).toBe(1310720);
    expect(jemallocSizeClass(2 ** 33 + 1, 3)).toBe(2 ** 33 + 2 ** 31);
    expect(jemallocSizeClass(2 ** 33, 3)).toBe(2 ** 33);
  });

  it("are whole pages beyond 32 KiB from jemalloc 5.3.1 on, as a string's MEMORY USAGE showed", () => {
    expect([14_337, 28_673, 32_768].map((bytes) => jemallocPagedSizeClass(bytes, 4))).toEqual([
      16_384, 32_768, 32_768,
    ]);
    expect([32_769, 36_864, 70_010].map((bytes) => jemallocPagedSizeClass(bytes, 4))).toEqual([
      36_864, 36_864, 73_728,
    ]);
  });

  it("are the same by table and by computation", () => {
    for (let bytes = 0; bytes <= 10000; bytes++) {
      expect(ALLOCATORS.jemalloc.goodSize(bytes)).toBe(jemallocSizeClass(bytes, 3));
      expect(ALLOCATORS["jemalloc-16"].goodSize(bytes)).toBe(jemallocSizeClass(bytes, 4));
    }
  });
});

describe("glibc malloc", () => {
  it("answers what malloc_usable_size of glibc 2.36 did", () => {
    for (const [bytes, usable] of [
      [0, 24],
      [24, 24],
      [25, 40],
      [40, 40],
      [41, 56],
      [1000, 1000],
      [1033, 1048],
      [4096, 4104],
      [100000, 100008],
      [131048, 131048],
      [131049, 135152],
      [131073, 135152],
      [1000000, 1003504],
      [1048576, 1052656],
    ] as const) {
      expect([bytes, glibcUsableSize(bytes)]).toEqual([bytes, usable]);
      expect([bytes, ALLOCATORS.libc.goodSize(bytes)]).toEqual([bytes, usable]);
    }
  });

  it("is counted in words with one in front by a server that does not ask it", () => {
    expect([1, 8, 9, 24].map(prefixedSize)).toEqual([16, 16, 24, 32]);
  });
});
