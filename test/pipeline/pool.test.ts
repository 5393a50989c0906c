import os from "node:os";
import { describe, expect, it } from "vitest";
import { readersFor } from "../../src/pipeline/pool.ts";

const MIB = 2 ** 20;

describe("threads that read", () => {
  it("are as many as somebody says", () => {
    expect(readersFor(1, 7)).toBe(7);
    expect(readersFor(0, 1)).toBe(1);
  });

  it("are as many as there are cores for large files, and where the size is unknown", () => {
    expect(readersFor(1e12, undefined)).toBe(os.availableParallelism());
    expect(readersFor(0, undefined)).toBe(os.availableParallelism());
  });

  it("is one for a small file", () => {
    expect(readersFor(10_000, undefined)).toBe(1);
    expect(readersFor(4 * MIB, undefined)).toBe(1);
    expect(readersFor(4 * MIB + 1, undefined)).toBe(Math.min(2, os.availableParallelism()));
  });
});
