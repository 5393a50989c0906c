import { OBJECT, type Part } from "../bill.ts";
import type { Finish } from "../loader.ts";
import { sdsZmallocSize } from "../target.ts";
import { ENCODING } from "../types.ts";

/** OBJ_ENCODING_EMBSTR_SIZE_LIMIT, object.c, Redis 7.2.6. */
export const EMBSTR_SIZE_LIMIT = 44;
/** sizeof(struct sdshdr8) and the terminator: what an embedded string takes besides its bytes. */
export const EMBSTR_OVERHEAD = 4;

const VALUE: Part = { name: "value (sds)", source: "createRawStringObject(), object.c, Redis 7.2.6" };

/**
 * A string after tryObjectEncodingEx() and createEmbeddedStringObject(), object.c, Redis 7.2.6. Exact. An integer
 * in 0..9999 is a shared object (no maxmemory policy that needs private ones): no heap of its own.
 */
export const finishString: Finish = (stats, { target }, bill) => {
  const length = Math.max(0, stats.largestBytes);
  if (stats.nonIntegers === 0 && stats.reported > 0) {
    bill.encoding = ENCODING.int;
    if (stats.sharedInteger) bill.object = OBJECT.shared;
  } else if (length <= EMBSTR_SIZE_LIMIT) {
    bill.encoding = ENCODING.embstr;
    bill.object = OBJECT.embedded;
    bill.embeddedBytes = length;
  } else {
    const sds = sdsZmallocSize(target, length);
    bill.encoding = ENCODING.raw;
    bill.add(VALUE, 1, sds, sds);
  }
};
