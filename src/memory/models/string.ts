import { exactly, type Finish } from "../finished.ts";
import { sdsZmallocSize } from "../target.ts";
import { ENCODING } from "../types.ts";

/** OBJ_ENCODING_EMBSTR_SIZE_LIMIT, object.c, Redis 7.2.6. */
const EMBSTR_SIZE_LIMIT = 44;
/** sizeof(struct sdshdr8) and the terminator. */
const EMBSTR_OVERHEAD = 4;

/**
 * A string after tryObjectEncodingEx() and createEmbeddedStringObject(), object.c, Redis 7.2.6. Exact. An integer
 * in 0..9999 is a shared object (no maxmemory policy that needs private ones): no heap of its own.
 */
export const finishString: Finish = (stats, target, _index, out) => {
  const { allocator, profile } = target;
  const robj = allocator.goodSize(profile.sizes.robj);
  const length = Math.max(0, stats.largestBytes);
  if (stats.nonIntegers === 0 && stats.reported > 0) {
    exactly(out, ENCODING.int, profile.sizes.robj, stats.sharedInteger ? 0 : robj);
  } else if (length <= EMBSTR_SIZE_LIMIT) {
    const bytes = allocator.goodSize(profile.sizes.robj + EMBSTR_OVERHEAD + length);
    exactly(out, ENCODING.embstr, bytes, bytes);
  } else {
    const sds = sdsZmallocSize(target, length);
    exactly(out, ENCODING.raw, profile.sizes.robj + sds, robj + sds);
  }
};
