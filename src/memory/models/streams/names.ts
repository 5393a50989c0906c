import { STREAM_NAME_PREFIX_BYTES } from "../../../../parsers/visitor.ts";
import type { RaxCounter } from "../rax.ts";

/**
 * Adds the name of a group, consumer or producer, of which the walk shows a
 * bounded prefix, to the tree it is a key of.
 */
export function addName(rax: RaxCounter, nameBytes: number, buffer: Uint8Array, start: number): void {
  rax.add(buffer, start, nameBytes, Math.min(nameBytes, STREAM_NAME_PREFIX_BYTES));
}
