import { OBJECT, type Part } from "../bill.ts";
import type { Finish } from "../loader.ts";
import { sdsZmallocSize } from "../target.ts";
import { ENCODING } from "../types.ts";
import { EMBSTR_OVERHEAD, EMBSTR_SIZE_LIMIT } from "./string.ts";
import type { SdsCount } from "./ziplist-era/sds-count.ts";

const VALUE: Part = { name: "value (sds)", source: "createRawStringObject(), object.c, Redis 6.2.16" };
const KEPT: Part = {
  name: "embstr kept by an integer",
  source: "tryObjectEncoding(), object.c, Redis 4.0.14",
};

/** Bytes of the listpack entry of an integer of more than 32 bits, which snapshots hold as text. */
const WIDE_ENTRY_BYTES = 10;

/**
 * Strings of the ziplist era. `count`: what MEMORY USAGE adds for a value that is an sds; `keepsEmbstr`: an
 * integer that was read as text stays in the object made for the text, as before Redis 5.0. Mirrors
 * tryObjectEncoding() and objectComputeSize(), object.c, Redis 4.0.14 to 6.2.16. Exact.
 */
export function robjString(count: SdsCount, keepsEmbstr: boolean): Finish {
  return (stats, { target }, bill) => {
    const length = Math.max(0, stats.largestBytes);
    if (stats.nonIntegers === 0 && stats.reported > 0) {
      bill.encoding = ENCODING.int;
      if (stats.sharedInteger) bill.object = OBJECT.shared;
      else if (keepsEmbstr && stats.integerEntryMax === WIDE_ENTRY_BYTES) {
        const { allocator, profile } = target;
        const { robj } = profile.sizes;
        const held = allocator.goodSize(robj + EMBSTR_OVERHEAD + length);
        bill.add(KEPT, 1, 0, held - allocator.goodSize(robj));
      }
    } else if (length <= EMBSTR_SIZE_LIMIT) {
      bill.encoding = ENCODING.embstr;
      bill.object = OBJECT.embedded;
      bill.embeddedBytes = length;
    } else {
      bill.encoding = ENCODING.raw;
      bill.add(VALUE, 1, count(target, length), sdsZmallocSize(target, length));
    }
  };
}
