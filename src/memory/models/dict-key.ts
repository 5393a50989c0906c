import type { Part } from "../bill.ts";
import type { KeyModel } from "../loader.ts";
import { sdsZmallocSize } from "../target.ts";
import { addRobj, robjParts } from "./robj.ts";
import type { SdsCount } from "./sds.ts";

/**
 * What objectComputeSize(), object.c, Redis 4.0.14 to 6.2.16, adds to an
 * embedded string and its robj: two too few.
 */
export const EMBSTR_COUNTED = 2;

/** How the servers differ whose keys are an sds of their own. */
interface DictKeyRules {
  readonly version: string;
  /** What MEMORY USAGE adds for the name. */
  readonly count: SdsCount;
  /** What it adds to an embedded string and its robj, where it does not look at the allocation. */
  readonly embstrCounted?: number;
}

/**
 * A key as an sds of its own in a dictEntry that points to the value's robj; the entry of the expires dict
 * shares the sds, and MEMORY USAGE does not look at it. Mirrors memoryCommand() and objectComputeSize(),
 * object.c, and dbAdd(), db.c, Redis 4.0.14 to 8.0.6. Exact.
 */
export function dictKey({ version, count, embstrCounted }: DictKeyRules): KeyModel {
  const robj = robjParts(version);
  const name: Part = { name: "key name (sds)", source: `dbAdd(), db.c, ${version}` };
  const entry: Part = { name: "dictEntry", source: `dictAddRaw(), dict.c, ${version}` };
  const expires: Part = { name: "dictEntry of expires", source: `setExpire(), db.c, ${version}` };
  return ({ nameBytes, hasExpiry }, { target }, bill) => {
    const { dictEntry } = target.profile.sizes;
    const held = target.allocator.goodSize(dictEntry);
    addRobj(bill, target, robj, embstrCounted);
    bill.add(name, 1, count(target, nameBytes), sdsZmallocSize(target, nameBytes));
    bill.add(entry, 1, dictEntry, held);
    if (hasExpiry) bill.add(expires, 1, 0, held);
  };
}
