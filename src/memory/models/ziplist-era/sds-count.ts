import type { ElementCost } from "../../lanes.ts";
import { sdsZmallocSize, type Target } from "../../target.ts";
import { sdsRequestBytes } from "../sds.ts";
import { EMBSTR_OVERHEAD } from "../string.ts";

/** What a server's MEMORY USAGE counts for an sds of `length` bytes. */
export type SdsCount = (target: Target, length: number) => number;

/** By what was asked for: sdsAllocSize(), sds.c, Redis 5.0.14, of an sds that never grew. Exact. */
export const sdsAllocSize: SdsCount = (_target, length) => sdsRequestBytes(length);

/**
 * By what was asked for, of the name as the command gave it: its embedded or raw string never has the shortest
 * header. Mirrors memoryCommand() and createStringObject(), object.c, Redis 4.0.14. Exact for names below 32 KiB.
 */
export const sdsArgumentSize: SdsCount = (_target, length) =>
  length < 256 ? EMBSTR_OVERHEAD + length : sdsRequestBytes(length);

/** By what the allocator holds: sdsZmallocSize(), networking.c, Redis 6.0.20. Exact. */
export const sdsHeldSize: SdsCount = sdsZmallocSize;

/** An element as an sds of its own, by what was asked for: sdsAllocSize(), sds.c, Redis 5.0.14. Exact. */
export const sdsAllocElement: ElementCost = { name: "sdsAllocSize", bytes: sdsRequestBytes };
