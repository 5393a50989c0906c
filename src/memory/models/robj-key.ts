import { OBJECT, type Part } from "../bill.ts";
import type { KeyModel } from "../loader.ts";
import { sdsZmallocSize } from "../target.ts";
import { EMBSTR_OVERHEAD } from "./string.ts";
import type { SdsCount } from "./ziplist-era/sds-count.ts";

const ROBJ: Part = { name: "robj", source: "createObject(), object.c, Redis 6.2.16" };
const SHARED: Part = { name: "robj, shared", source: "createSharedObjects(), server.c, Redis 6.2.16" };
const EMBSTR: Part = {
  name: "robj with value (embstr)",
  source: "createEmbeddedStringObject(), object.c, Redis 6.2.16",
};
const NAME: Part = { name: "key name (sds)", source: "dbAdd(), db.c, Redis 6.2.16" };
const ENTRY: Part = { name: "dictEntry", source: "dictAddRaw(), dict.c, Redis 6.2.16" };
const EXPIRES: Part = { name: "dictEntry of expires", source: "setExpire(), db.c, Redis 6.2.16" };

/** What objectComputeSize() adds to an embedded string and its robj, though it takes two bytes more. */
const EMBSTR_COUNTED = 2;

/**
 * A key as an sds of its own in a dictEntry that points to the value's robj. `count`: what MEMORY USAGE adds for
 * the name. Mirrors memoryCommand() and objectComputeSize(), object.c, and dbAdd(), db.c, Redis 4.0.14 to 6.2.16. Exact.
 */
export function robjKey(count: SdsCount): KeyModel {
  return (stats, { target }, bill) => {
    const { allocator, profile } = target;
    const { robj, dictEntry } = profile.sizes;
    const entry = allocator.goodSize(dictEntry);
    if (bill.object === OBJECT.embedded) {
      const { embeddedBytes } = bill;
      const held = allocator.goodSize(robj + EMBSTR_OVERHEAD + embeddedBytes);
      bill.add(EMBSTR, 1, robj + EMBSTR_COUNTED + embeddedBytes, held);
    } else if (bill.object === OBJECT.shared) bill.add(SHARED, 1, robj, 0);
    else bill.add(ROBJ, 1, robj, allocator.goodSize(robj));
    const { nameBytes } = stats;
    bill.add(NAME, 1, count(target, nameBytes), sdsZmallocSize(target, nameBytes));
    bill.add(ENTRY, 1, dictEntry, entry);
    if (stats.hasExpiry) bill.add(EXPIRES, 1, 0, entry);
  };
}
