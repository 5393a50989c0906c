import { OBJECT, type Part } from "../bill.ts";
import type { Finish } from "../loader.ts";
import { sdsZmallocSize } from "../target.ts";
import { ENCODING } from "../types.ts";
import { EMBSTR_SIZE_LIMIT, embstrBytes } from "./robj.ts";
import type { SdsCount } from "./sds.ts";

/** How the servers whose strings are robjs differ. */
export interface StringRules {
  readonly version: string;
  /** What MEMORY USAGE adds for a value that is an sds. */
  readonly count: SdsCount;
  /** An integer read as text stays in the object made for the text, as before Redis 5.0. */
  readonly keepsEmbstr?: boolean;
}

/** Bytes of the listpack entry of an integer of more than 32 bits, which snapshots hold as text. */
const WIDE_ENTRY_BYTES = 10;

const KEPT: Part = {
  name: "embstr kept by an integer",
  source: "tryObjectEncoding(), object.c, Redis 4.0.14",
};

/**
 * A string as an integer, in its robj, or as an sds of its own. An integer in 0..9999 is a shared object (no maxmemory
 * policy that needs private ones): no heap of its own. Mirrors tryObjectEncoding() and objectComputeSize(), object.c,
 * Redis 4.0.14 to 8.0.6. Exact.
 */
export function robjString({ version, count, keepsEmbstr = false }: StringRules): Finish {
  const value: Part = { name: "value (sds)", source: `createRawStringObject(), object.c, ${version}` };
  return (stats, { target }, bill) => {
    const length = Math.max(0, stats.largestBytes);
    if (stats.nonIntegers === 0 && stats.reported > 0) {
      bill.encoding = ENCODING.int;
      if (stats.sharedInteger) bill.object = OBJECT.shared;
      else if (keepsEmbstr && stats.integerEntryMax === WIDE_ENTRY_BYTES) {
        const robj = target.allocator.goodSize(target.profile.sizes.robj);
        bill.add(KEPT, 1, 0, embstrBytes(target, length) - robj);
      }
    } else if (length <= EMBSTR_SIZE_LIMIT) {
      bill.encoding = ENCODING.embstr;
      bill.object = OBJECT.embedded;
      bill.embeddedBytes = length;
    } else {
      bill.encoding = ENCODING.raw;
      bill.add(value, 1, count(target, length), sdsZmallocSize(target, length));
    }
  };
}
