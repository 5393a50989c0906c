import type { Part } from "../../bill.ts";
import type { KeyModel } from "../../loader.ts";
import { addRobj, robjParts } from "../robj.ts";
import { sdsnewlenBytes } from "../sds-usable.ts";

/**
 * dictEntryEmbedded before its key: value, next, header size.
 * compactSizeEmbeddedDictEntry(), dict.c, Valkey 8.0.1.
 */
const EMBEDDED_ENTRY_BYTES = 17;

const ROBJ = robjParts("Valkey 8.0.1");
const ENTRY: Part = { name: "dictEntry with key", source: "createEmbeddedEntry(), dict.c, Valkey 8.0.1" };
const EXPIRES: Part = { name: "dictEntry of expires", source: "setExpire(), db.c, Valkey 8.0.1" };

/**
 * A key embedded in the dictEntry of the main dict, which the entry of the expires dict points into.
 * Mirrors memoryCommand() and objectComputeSize(), object.c, dictEntryMemUsage() and
 * createEmbeddedEntry(), dict.c, Valkey 8.0.1. Exact.
 */
export const dictEmbeddedKey: KeyModel = ({ nameBytes, hasExpiry }, { target }, bill) => {
  const { allocator, profile } = target;
  const entry = allocator.goodSize(EMBEDDED_ENTRY_BYTES + sdsnewlenBytes(nameBytes));
  addRobj(bill, target, ROBJ);
  bill.add(ENTRY, 1, entry, entry);
  if (hasExpiry) bill.add(EXPIRES, 1, 0, allocator.goodSize(profile.sizes.dictEntry));
};
