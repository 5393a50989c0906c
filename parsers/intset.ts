import { RdbError } from "./errors.ts";
import type { ValueVisitor } from "./visitor.ts";
import type { Window } from "./window.ts";

/**
 * Reports the members of the intset of `bytes` bytes at the window's position:
 * `u32 LE width (2, 4 or 8), u32 LE members, members LE`. Source: intset.c, Redis 7.2.
 * @throws {RdbError} BAD_INTSET
 */
export function walkIntset(w: Window, bytes: number, visitor: ValueVisitor): void {
  const start = w.offset();
  if (bytes < 8) throw new RdbError("BAD_INTSET", start, "shorter than its header");
  const width = w.int32le();
  const members = w.int32le() >>> 0;
  if (width !== 2 && width !== 4 && width !== 8) throw new RdbError("BAD_INTSET", start, `width ${width}`);
  if (8 + members * width !== bytes) throw new RdbError("BAD_INTSET", start, "wrong number of members");
  for (let left = members; left > 0; left--) {
    if (width === 2) {
      const value = ((w.byte() << 16) | (w.byte() << 24)) >> 16;
      visitor.integer(value >> 31, value);
    } else {
      const low = w.int32le();
      visitor.integer(width === 8 ? w.int32le() : low >> 31, low);
    }
  }
}
