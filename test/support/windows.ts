import { IGNORE_ALL, type ValueVisitor } from "../../parsers/visitor.ts";
import { RangeFeed, Window } from "../../parsers/window.ts";
import { memorySource } from "./read-snapshot.ts";

/** A window at the beginning of the bytes. */
export function windowOf(bytes: Uint8Array, capacity = 32 * 1024, readSizes: readonly number[] = []): Window {
  const w = new Window(capacity);
  w.reset(new RangeFeed(memorySource(bytes, readSizes), 0, bytes.length), 0);
  return w;
}

/** Collects the elements a walk reports, as far as they are readable (256 bytes): text as latin1, integers as decimal. */
export function collector(): {
  readonly visitor: ValueVisitor;
  readonly elements: string[];
  readonly sizes: number[];
} {
  const elements: string[] = [];
  const sizes: number[] = [];
  const visitor: ValueVisitor = {
    ...IGNORE_ALL,
    text(bytes, buffer, start) {
      elements.push(Buffer.from(buffer.subarray(start, start + Math.min(bytes, 256))).toString("latin1"));
      sizes.push(bytes);
    },
    integer(high, low) {
      const text = String((BigInt(high) << 32n) | BigInt(low >>> 0));
      elements.push(text);
      sizes.push(text.length);
    },
  };
  return { visitor, elements, sizes };
}

/** The code of the RdbError that a run throws, or undefined. */
export function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
