import type { ElementCost } from "../../lanes.ts";
import { EMBSTR_OVERHEAD } from "../robj.ts";
import { type SdsCount, sdsRequestBytes } from "../sds.ts";

/** By what was asked for: sdsAllocSize(), sds.c, Redis 5.0.14, of an sds that never grew. Exact. */
export const countRequest: SdsCount = (_target, length) => sdsRequestBytes(length);

/**
 * The same of a name as the command gave it: its embedded or raw string never has the shortest header.
 * Mirrors memoryCommand() and createStringObject(), object.c, Redis 4.0.14. Exact for names below 32 KiB.
 */
export const countArgument: SdsCount = (_target, length) =>
  length < 256 ? EMBSTR_OVERHEAD + length : sdsRequestBytes(length);

/** An element as an sds of its own, by what was asked for: sdsAllocSize(), sds.c, Redis 5.0.14. Exact. */
export const requestedSds: ElementCost = { bytes: sdsRequestBytes };
