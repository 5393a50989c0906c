import { OBJECT, type Part } from "../bill.ts";
import type { KeyModel } from "../loader.ts";
import { sdsZmallocSize } from "../target.ts";
import { EMBSTR_OVERHEAD } from "./string.ts";

const ROBJ: Part = { name: "robj", source: "createObject(), object.c, Redis 7.2.6" };
const SHARED: Part = { name: "robj, shared", source: "createSharedObjects(), server.c, Redis 7.2.6" };
const EMBSTR: Part = {
  name: "robj with value (embstr)",
  source: "createEmbeddedStringObject(), object.c, Redis 7.2.6",
};
const NAME: Part = { name: "key name (sds)", source: "dbAdd(), db.c, Redis 7.2.6" };
const ENTRY: Part = { name: "dictEntry", source: "dictAddRaw(), dict.c, Redis 7.2.6" };
const EXPIRES: Part = { name: "dictEntry of expires", source: "setExpire(), db.c, Redis 7.2.6" };

/**
 * A key as an sds of its own in a dictEntry that points to the value's robj; the entry of the expires dict shares
 * the sds, and MEMORY USAGE does not look at it. Mirrors memoryCommand() and objectComputeSize(), object.c, and
 * dbAdd(), db.c, Redis 7.2.6. Exact.
 */
export const dictKey: KeyModel = (stats, { target }, bill) => {
  const { allocator, profile } = target;
  const { robj, dictEntry } = profile.sizes;
  const entry = allocator.goodSize(dictEntry);
  if (bill.object === OBJECT.embedded) {
    const bytes = allocator.goodSize(robj + EMBSTR_OVERHEAD + bill.embeddedBytes);
    bill.add(EMBSTR, 1, bytes, bytes);
  } else if (bill.object === OBJECT.shared) bill.add(SHARED, 1, robj, 0);
  else bill.add(ROBJ, 1, robj, allocator.goodSize(robj));
  const name = sdsZmallocSize(target, stats.nameBytes);
  bill.add(NAME, 1, name, name);
  bill.add(ENTRY, 1, dictEntry, entry);
  if (stats.hasExpiry) bill.add(EXPIRES, 1, 0, entry);
};
