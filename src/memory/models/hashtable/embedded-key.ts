import { OBJECT, type Part } from "../../bill.ts";
import type { Finish, KeyModel } from "../../loader.ts";
import type { ValueStats } from "../../stats.ts";
import { sdsZmallocSize, type Target } from "../../target.ts";
import { embeddedSdsBytes, sdsReqSizeType8 } from "../sds-usable.ts";
import { strings } from "../string.ts";

/** KEY_SIZE_TO_INCLUDE_EXPIRE_THRESHOLD, object.c, Valkey 8.1.1: a longer key always has room for a time. */
const KEY_SIZE_TO_INCLUDE_EXPIRE_THRESHOLD = 128;
const EXPIRY_BYTES = 8;
const POINTER_BYTES = 8;

const OBJECT_PART: Part = {
  name: "robj with key",
  source: "createObjectWithKeyAndExpire(), object.c, Valkey 8.1.1",
};
const WHOLE: Part = {
  name: "robj with key and value",
  source: "createEmbeddedStringObjectWithKeyAndExpire(), object.c, Valkey 8.1.1",
};
const VALUE: Part = { name: "value (sds)", source: "rdbLoadEncodedStringObject(), rdb.c, Valkey 8.1.1" };

/** How a server places a key, its time and a short value in one object. */
export interface EmbeddingRules {
  /** Longest string that is embedded before it has a key. */
  readonly longest: number;
  /** Largest object with key and value, as the server estimates it. */
  readonly limit: number;
  /** Its estimate of what the key takes: not always right. */
  readonly keyEstimate: (nameBytes: number) => number;
  /** Whether an embedded value takes the place of the pointer to it. */
  readonly overPointer: boolean;
  /** Whether MEMORY USAGE counts all of an object, or a bare robj where no value is in it. */
  readonly countsKey: boolean;
}

/** The least an object with an embedded value takes. */
function wholeBytes(rules: EmbeddingRules, { profile }: Target, name: number, value: number): number {
  const { robj } = profile.sizes;
  const bare = rules.overPointer ? robj - POINTER_BYTES : robj;
  const text = rules.overPointer ? Math.max(POINTER_BYTES, sdsReqSizeType8(value)) : sdsReqSizeType8(value);
  return bare + embeddedSdsBytes(name) + text;
}

/**
 * Whether a value stays in the object. The key comes first, then its time, for which the object is made anew
 * unless there is room for it. Mirrors dbAddRDBLoad() and setExpire(), db.c, objectSetKeyAndExpire() and
 * objectSetExpire(), object.c, Valkey 8.1.1. Exact.
 */
function staysEmbedded(
  rules: EmbeddingRules,
  target: Target,
  name: number,
  value: number,
  expires: boolean,
): boolean {
  const { robj } = target.profile.sizes;
  const bare = rules.overPointer ? robj - POINTER_BYTES : robj;
  const estimate = bare + rules.keyEstimate(name) + sdsReqSizeType8(value);
  if (estimate > rules.limit) return false;
  if (!expires || estimate + EXPIRY_BYTES <= rules.limit) return true;
  const least = wholeBytes(rules, target, name, value);
  return target.allocator.goodSize(least) >= least + EXPIRY_BYTES;
}

/**
 * Strings on such a server; integers are never shared. Mirrors
 * tryObjectEncodingEx(), object.c, Valkey 8.1.1. Exact.
 */
export function embeddedStrings(rules: EmbeddingRules): Finish {
  return strings({
    value: VALUE,
    count: sdsZmallocSize,
    embeds: (length, { nameBytes, hasExpiry }, target) =>
      length <= rules.longest && staysEmbedded(rules, target, nameBytes, length, hasExpiry),
  });
}

/**
 * An object with its key and time, but no value. Mirrors createObjectWithKeyAndExpire(), object.c, Valkey
 * 8.1.1. Exact.
 */
export function keyObjectBytes({ nameBytes, hasExpiry }: ValueStats, { allocator, profile }: Target): number {
  const timed = hasExpiry || nameBytes >= KEY_SIZE_TO_INCLUDE_EXPIRE_THRESHOLD;
  return allocator.goodSize(profile.sizes.robj + embeddedSdsBytes(nameBytes) + (timed ? EXPIRY_BYTES : 0));
}

/**
 * A key in its value's object, which stands in the buckets of the main and the expires table: no entries.
 * Mirrors objectComputeSize(), object.c, Valkey 8.1.1. Exact.
 */
export function embeddedKey(rules: EmbeddingRules): KeyModel {
  return (stats, { target }, bill) => {
    const { nameBytes, hasExpiry } = stats;
    const { allocator, profile } = target;
    if (bill.object === OBJECT.embedded) {
      const least = wholeBytes(rules, target, nameBytes, bill.embeddedBytes);
      const bytes = allocator.goodSize(least + (hasExpiry ? EXPIRY_BYTES : 0));
      bill.add(WHOLE, 1, bytes, bytes);
      return;
    }
    const bytes = keyObjectBytes(stats, target);
    bill.add(OBJECT_PART, 1, rules.countsKey ? bytes : profile.sizes.robj, bytes);
  };
}
