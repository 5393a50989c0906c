import { describe, expect, it } from "vitest";
import { StreamReader } from "../../parsers/stream.ts";
import { StringReader } from "../../parsers/strings.ts";
import { IGNORE_ALL, STREAM_NAME_PREFIX_BYTES } from "../../parsers/visitor.ts";
import { str } from "../support/rdb-primitives.ts";
import { streamValue } from "../support/rdb-values.ts";
import { windowOf } from "../support/windows.ts";

const PARTS = { counters: true, activeTime: true, idempotence: true, nacks: false };

/** The bytes with one name held compressed. */
function compressed(body: Buffer, name: string): Buffer {
  const plain = str(name);
  const at = body.indexOf(plain);
  return Buffer.concat([body.subarray(0, at), str(name, "lzf"), body.subarray(at + plain.length)]);
}

/** The names a stream's walk reports, each with the calls' own length. */
function names(group: string, consumer: string, producer: string, readSizes: number[]): unknown {
  const id = { ms: 1, seq: 1 };
  const { body } = streamValue(26, {
    nodes: [],
    last: id,
    groups: [{ name: group, last: id, consumers: [{ name: consumer, seenMs: 0, pending: [id] }] }],
    idempotency: {
      durationMs: 1,
      max: 1,
      producers: [{ id: producer, items: [["first", id]] }],
      added: 1,
      duplicates: 0,
    },
  });
  const seen: unknown[] = [];
  const note = (bytes: number, count: number, buffer: Uint8Array, start: number): void => {
    const kept = Math.min(bytes, STREAM_NAME_PREFIX_BYTES);
    seen.push([bytes, count, Buffer.from(buffer.subarray(start, start + kept)).toString()]);
  };
  const w = windowOf(compressed(body, consumer), undefined, readSizes);
  new StreamReader(w, new StringReader(w)).walk(PARTS, {
    ...IGNORE_ALL,
    streamGroup: note,
    streamConsumer: note,
    streamProducer: note,
    streamProducerId: (bytes) => seen.push(bytes),
  });
  return seen;
}

describe("names of a stream", () => {
  it("are reported with their bytes, however the snapshot holds them and however it is read", () => {
    for (const readSizes of [[], [1], [7, 3]]) {
      const lzf = "abc".repeat(100);
      expect(str(lzf, "lzf").length).toBeLessThan(lzf.length);
      expect(names("g", lzf, "12345", readSizes)).toEqual([[1, 1, "g"], [300, 1, lzf], [5, 1, "12345"], 5]);
    }
  });

  it("are reported by their first bytes when they are long", () => {
    const long = Array.from({ length: 20_000 }, (_, i) => String(i * 7919)).join();
    const kept = long.slice(0, STREAM_NAME_PREFIX_BYTES);
    expect(names("", long, "p", [])).toEqual([[0, 1, ""], [long.length, 1, kept], [1, 1, "p"], 5]);
  });
});
