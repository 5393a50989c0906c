import type { RdbErrorCode } from "./errors.ts";
import { RdbError } from "./errors.ts";
import type { ValueVisitor } from "./visitor.ts";
import type { Window } from "./window.ts";

/**
 * One element of a listpack or ziplist, as its header tells: a text of `bytes` bytes that begins at the window's
 * position, or an integer (`bytes` is -1). Reused for every element.
 */
export interface PackedElement {
  bytes: number;
  high: number;
  low: number;
  /** Bytes to skip behind the text, or behind the header of an integer. */
  tail: number;
}

export function newPackedElement(): PackedElement {
  return { bytes: 0, high: 0, low: 0, tail: 0 };
}

/** Sets an integer that fits in an int32. */
export function setInt32(e: PackedElement, value: number): void {
  e.bytes = -1;
  e.low = value;
  e.high = value >> 31;
}

/** Reports an element and moves behind it. The element must end at or before the absolute offset `end`. */
export function reportPacked(
  w: Window,
  e: PackedElement,
  end: number,
  code: RdbErrorCode,
  v: ValueVisitor,
): void {
  const bytes = e.bytes;
  requireInside(w, e, end, code);
  if (bytes < 0) {
    v.integer(e.high, e.low);
    w.skip(e.tail);
    return;
  }
  w.requireElement(bytes);
  v.text(bytes, w.bytes, w.pos);
  w.skip(bytes + e.tail);
}

/** Moves behind an element without reporting it. The element must end at or before the absolute offset `end`. */
export function skipPacked(w: Window, e: PackedElement, end: number, code: RdbErrorCode): void {
  requireInside(w, e, end, code);
  w.skip(Math.max(e.bytes, 0) + e.tail);
}

/** What lies behind a packed string is never taken for a part of it: a damaged value is the same wherever it is read. */
function requireInside(w: Window, e: PackedElement, end: number, code: RdbErrorCode): void {
  if (Math.max(e.bytes, 0) > end - w.offset())
    throw new RdbError(code, w.offset(), "an element reaches beyond the end");
}

/** An integer element as a double: exact up to 2^53. */
export function packedNumber(e: PackedElement): number {
  return e.high * 4294967296 + (e.low >>> 0);
}
