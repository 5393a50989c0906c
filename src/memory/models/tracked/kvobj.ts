import { type Bill, OBJECT, type Part } from "../../bill.ts";
import type { Finish, KeyModel } from "../../loader.ts";
import type { TargetStats, ValueStats } from "../../stats.ts";
import { EMBSTR_SIZE_LIMIT } from "../robj.ts";
import type { SdsCount } from "../sds.ts";
import { embeddedSdsBytes, sdsHeapSize, sdsReqSizeType8, sdsTrackedSize } from "../sds-usable.ts";
import { type StringRules, strings } from "../string.ts";
import { ENTRY_SHARE_BYTES } from "./kvstore.ts";

/** CACHE_LINE_SIZE, config.h, Redis 8.6.3, of all but 64-bit ARM Macs. */
const CACHE_LINE_SIZE = 64;
/** KEY_SIZE_TO_INCLUDE_EXPIRE_THRESHOLD, object.c, Redis 8.6.3. */
const EXPIRE_THRESHOLD = 128;
/** What kvobjSet(), object.c, reckons for a key's header and terminator, and for a value's. */
const KEY_OVERHEAD = 3;
const VALUE_OVERHEAD = 4;
/** Bytes of one metadata slot: an expiry. */
const META_BYTES = 8;

const KVOBJ: Part = { name: "kvobj with key name", source: "kvobjCreate(), object.c, Redis 8.6.3" };
const EMBEDDED: Part = {
  name: "kvobj with key name and value (embstr)",
  source: "kvobjCreateEmbedString(), object.c, Redis 8.6.3",
};
const KEYS_ENTRY: Part = {
  name: "dictEntryNoValue, expected share",
  source: "kvstoreDictSetAtLink(), kvstore.c, Redis 8.6.3",
};
const EXPIRES_ENTRY: Part = {
  name: "dictEntryNoValue of expires, expected share",
  source: "setExpireByLink(), db.c, Redis 8.6.3",
};
const VALUE: Part = { name: "value (sds)", source: "kvobjSet(), object.c, Redis 8.6.3" };

/** Whether a value stands in the same allocation as its key: both and the object must fit in a cache line. */
const fitsCacheLine = (expires: boolean): StringRules["embeds"] => {
  const overhead = KEY_OVERHEAD + VALUE_OVERHEAD;
  return (length, { nameBytes, hasExpiry }, { profile }) => {
    const expiryBytes = expires && hasExpiry ? META_BYTES : 0;
    const together = profile.sizes.robj + overhead + nameBytes + expiryBytes + length;
    return length <= EMBSTR_SIZE_LIMIT && together <= CACHE_LINE_SIZE;
  };
};
const countTracked: SdsCount = ({ allocator }, length) => sdsTrackedSize(length, allocator);

/**
 * Strings of Redis 8.6 and later. Mirrors tryObjectEncodingEx() and kvobjSet(), object.c, Redis 8.6.3. Exact.
 */
export const kvobjStrings: Finish = strings({
  value: VALUE,
  count: countTracked,
  embeds: fitsCacheLine(false),
});

/** The same where the expiry stands in the cache line too. Mirrors kvobjSet(), object.c, Redis 8.2. */
export const kvobjStringsByExpiry: Finish = strings({
  value: VALUE,
  count: countTracked,
  embeds: fitsCacheLine(true),
});

/** The same where MEMORY USAGE looks at allocations. Mirrors kvobjComputeSize(), object.c, Redis 8.2. */
export const kvobjStringsByHeap: Finish = strings({
  value: VALUE,
  count: ({ allocator }, length) => sdsHeapSize(length, allocator),
  embeds: fitsCacheLine(true),
});

/**
 * A key as one kvobj that holds its expiry, the key and perhaps the value, and hangs in the main
 * and the expires dict without an entry of its own as long as its bucket was empty. A long key has
 * room for an expiry in any case. Mirrors kvobjCreate(), kvobjCreateEmbedString() and
 * kvobjAllocSize(), object.c, Redis 8.6.3. `bytes` exact.
 */
export const kvobjKey: KeyModel = (stats, on, bill) => addKvobj(stats, on, bill, true);

/**
 * The same where MEMORY USAGE counts what was asked for, unless a value stands in the allocation, whose sds
 * takes the rest of it: kvobjAllocSize(), object.c, as of redis/redis#14704.
 */
export const kvobjKeyByRequest: KeyModel = (stats, on, bill) =>
  addKvobj(stats, on, bill, bill.object === OBJECT.embedded);

function addKvobj(stats: ValueStats, { target }: TargetStats, bill: Bill, byHeap: boolean): void {
  const { allocator, profile } = target;
  const { nameBytes, hasExpiry } = stats;
  const embedded = bill.object === OBJECT.embedded;
  const metaBytes = hasExpiry || nameBytes >= EXPIRE_THRESHOLD ? META_BYTES : 0;
  const valueBytes = embedded ? sdsReqSizeType8(bill.embeddedBytes) : 0;
  const request = profile.sizes.robj + metaBytes + embeddedSdsBytes(nameBytes) + valueBytes;
  const heap = allocator.goodSize(request);
  bill.add(embedded ? EMBEDDED : KVOBJ, 1, byHeap ? heap : request, heap);
  bill.add(KEYS_ENTRY, 1, 0, ENTRY_SHARE_BYTES);
  if (hasExpiry) bill.add(EXPIRES_ENTRY, 1, 0, ENTRY_SHARE_BYTES);
}
