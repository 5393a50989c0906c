import fs from "node:fs";
import { expect, test } from "vitest";
import { RdbError } from "../../parsers/errors.ts";
import { readHeader } from "../../parsers/header.ts";
import { Splitter } from "../../parsers/splitter.ts";
import { Random } from "../fuzz/random.ts";
import { memorySource } from "../support/read-snapshot.ts";

/** Takes no records together. */
class OneByOne extends Splitter {
  protected override step(): void {
    this.record();
  }
}

/** Everything that a splitter tells of bytes. */
function toldOf(kind: typeof Splitter, bytes: Uint8Array, windowBytes: number) {
  const source = memorySource(bytes);
  const splitter = new kind(source, readHeader(source), { windowBytes, chunkBytes: 2 ** 14 });
  const keys: number[] = [];
  let end = 0;
  let error = "";
  try {
    for (let chunk = splitter.next(); chunk !== undefined; chunk = splitter.next()) {
      if (end > 0) expect(chunk.start).toBe(end);
      end = chunk.end;
      keys.push(chunk.keys);
    }
  } catch (cause) {
    if (!(cause instanceof RdbError)) throw cause;
    error = cause.message;
  }
  const { facts, lastKeyAt } = splitter;
  expect(keys.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(facts.keys);
  return { end, error, lastKeyAt, keys: facts.keys, databases: facts.databases, checked: facts.checkedBytes };
}

const sample = fs.readFileSync(new URL("../../fixtures/sample.rdb", import.meta.url));

test.each([2 ** 15, 2 ** 16, 2 ** 18])(
  "records taken together are those taken one by one: windows of %i",
  (windowBytes) => {
    const together = toldOf(Splitter, sample, windowBytes);
    expect(together).toEqual(toldOf(OneByOne, sample, windowBytes));
    expect(together.keys).toBe(3264);
  },
);

test("so they are where bytes are damaged or missing", () => {
  for (let i = 0; i < 300; i++) {
    const random = new Random(5, i);
    const bytes = Buffer.from(sample.subarray(0, i % 3 === 0 ? random.below(sample.length) : sample.length));
    for (let k = 0; k < 4; k++) bytes[16 + random.below(Math.max(1, bytes.length - 16))] = random.below(256);
    if (bytes.length < 16) continue;
    expect(toldOf(Splitter, bytes, 2 ** 15)).toEqual(toldOf(OneByOne, bytes, 2 ** 15));
  }
});
