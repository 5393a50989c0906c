import os from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { readersFor, WorkerPool } from "../../src/pipeline/pool.ts";

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

describe("tasks in order", () => {
  /** A pool whose tasks take as long as they say, and answer with their number; one without a time fails. */
  class Waiting extends WorkerPool {
    readonly order: number[] = [];
    override async run<T>(_: string, task: object): Promise<T> {
      const { number, ms } = task as { number: number; ms?: number };
      this.order.push(number);
      if (ms === undefined) throw new RangeError(`task ${number}`);
      await sleep(ms);
      return number as T;
    }
  }

  async function inOrder(times: readonly (number | undefined)[]) {
    const pool = new Waiting(2);
    try {
      const tasks = times.map((ms, number) => ({ number, ms }));
      const result = await pool
        .inOrder("parquet", tasks, (answer: number, task) => `${task.number}: ${answer}`)
        .catch((error: Error) => error.message);
      return { result, begun: pool.order };
    } finally {
      await pool.close();
    }
  }

  it("begin in their order, each when a thread is free, and answer in it too", async () => {
    const { result, begun } = await inOrder([60, 1, 1, 20, 1]);
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    expect(result).toEqual(["0: 0", "1: 1", "2: 2", "3: 3", "4: 4"]);
  });

  it("end when one fails: those that have begun are waited for, and no other begins", async () => {
    const { result, begun } = await inOrder([40, undefined, 1, 1]);
    expect(begun).toEqual([0, 1]);
    expect(result).toBe("task 1");
  });
});
