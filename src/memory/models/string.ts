import { type Bill, OBJECT, type Part } from "../bill.ts";
import type { Finish } from "../loader.ts";
import type { ValueStats } from "../stats.ts";
import { sdsZmallocSize, type Target } from "../target.ts";
import { ENCODING } from "../types.ts";
import { EMBSTR_SIZE_LIMIT, embstrBytes } from "./robj.ts";
import type { SdsCount } from "./sds.ts";

/** What a server makes of a string. */
export interface StringRules {
  /** A value that is an sds of its own. */
  readonly value: Part;
  /** What MEMORY USAGE adds for it. */
  readonly count: SdsCount;
  /** Whether a value of so many bytes stands in its object. */
  readonly embeds: (length: number, stats: ValueStats, target: Target) => boolean;
  /** What becomes of an integer of so many digits, where it does not just stand in its object. */
  readonly integer?: (length: number, stats: ValueStats, target: Target, bill: Bill) => void;
}

/** A string as an integer, in its object, or as an sds of its own. Mirrors tryObjectEncoding(), object.c. */
export function strings({ value, count, embeds, integer }: StringRules): Finish {
  return (stats, { target }, bill) => {
    const length = Math.max(0, stats.largestBytes);
    if (stats.nonIntegers === 0 && stats.reported > 0) {
      bill.encoding = ENCODING.int;
      integer?.(length, stats, target, bill);
    } else if (embeds(length, stats, target)) {
      bill.encoding = ENCODING.embstr;
      bill.object = OBJECT.embedded;
      bill.embeddedBytes = length;
    } else {
      bill.encoding = ENCODING.raw;
      bill.add(value, 1, count(target, length), sdsZmallocSize(target, length));
    }
  };
}

/** How the servers whose strings are robjs differ. */
interface RobjStringRules extends Pick<StringRules, "count"> {
  readonly version: string;
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
 * Strings as robjs. An integer in 0..9999 may be a shared object: no heap of its own.
 * Mirrors tryObjectEncoding() and objectComputeSize(), object.c, Redis 4.0.14 to 8.0.6. Exact.
 */
export function robjStrings({ version, count, keepsEmbstr = false }: RobjStringRules): Finish {
  return strings({
    value: { name: "value (sds)", source: `createRawStringObject(), object.c, ${version}` },
    count,
    embeds: (length) => length <= EMBSTR_SIZE_LIMIT,
    integer: (length, { sharedInteger, integerEntryMax }, target, bill) => {
      if (sharedInteger && target.sharesIntegers) bill.object = OBJECT.shared;
      else if (keepsEmbstr && integerEntryMax === WIDE_ENTRY_BYTES) {
        const robj = target.allocator.goodSize(target.profile.sizes.robj);
        bill.add(KEPT, 1, 0, embstrBytes(target, length) - robj);
      }
    },
  });
}
