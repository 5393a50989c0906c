import { OBJECT, type Part } from "../../bill.ts";
import type { KeyModel } from "../../loader.ts";
import { sdsnewlenBytes } from "../sds-usable.ts";

/** sizeof(struct sdshdr8) and the terminator. */
const EMBSTR_OVERHEAD = 4;
/** dictEntryEmbedded before its key: value, next, header size: compactSizeEmbeddedDictEntry(), dict.c, Valkey 8.0.1. */
const EMBEDDED_ENTRY_BYTES = 17;

const ROBJ: Part = { name: "robj", source: "createObject(), object.c, Valkey 8.0.1" };
const SHARED: Part = { name: "robj, shared", source: "createSharedObjects(), server.c, Valkey 8.0.1" };
const EMBSTR: Part = {
  name: "robj with value (embstr)",
  source: "createEmbeddedStringObject(), object.c, Valkey 8.0.1",
};
const ENTRY: Part = { name: "dictEntry with key", source: "createEmbeddedEntry(), dict.c, Valkey 8.0.1" };
const EXPIRES: Part = { name: "dictEntry of expires", source: "setExpire(), db.c, Valkey 8.0.1" };

/**
 * A key embedded in the dictEntry of the main dict, which the entry of the expires dict points into. Mirrors
 * memoryCommand() and objectComputeSize(), object.c, dictEntryMemUsage() and createEmbeddedEntry(), dict.c, Valkey 8.0.1. Exact.
 */
export const dictEmbeddedKey: KeyModel = ({ nameBytes, hasExpiry }, { target }, bill) => {
  const { allocator, profile } = target;
  const { robj, dictEntry } = profile.sizes;
  if (bill.object === OBJECT.embedded) {
    const bytes = allocator.goodSize(robj + EMBSTR_OVERHEAD + bill.embeddedBytes);
    bill.add(EMBSTR, 1, bytes, bytes);
  } else if (bill.object === OBJECT.shared) bill.add(SHARED, 1, robj, 0);
  else bill.add(ROBJ, 1, robj, allocator.goodSize(robj));
  const entry = allocator.goodSize(EMBEDDED_ENTRY_BYTES + sdsnewlenBytes(nameBytes));
  bill.add(ENTRY, 1, entry, entry);
  if (hasExpiry) bill.add(EXPIRES, 1, 0, allocator.goodSize(dictEntry));
};
