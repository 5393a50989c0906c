import { type Bill, OBJECT, type Part } from "../bill.ts";
import type { Target } from "../target.ts";

/** OBJ_ENCODING_EMBSTR_SIZE_LIMIT, object.c: the same from Redis 4.0.14 to 8.6.3, and in Valkey up to 9.0. */
export const EMBSTR_SIZE_LIMIT = 44;
/** sizeof(struct sdshdr8) and the terminator: what an embedded string takes besides its bytes. */
export const EMBSTR_OVERHEAD = 4;

/** The robj of a value, as the sources of one generation of servers name it. */
interface RobjParts {
  readonly robj: Part;
  readonly shared: Part;
  readonly embstr: Part;
}

export function robjParts(version: string): RobjParts {
  return {
    robj: { name: "robj", source: `createObject(), object.c, ${version}` },
    shared: { name: "robj, shared", source: `createSharedObjects(), server.c, ${version}` },
    embstr: {
      name: "robj with value (embstr)",
      source: `createEmbeddedStringObject(), object.c, ${version}`,
    },
  };
}

/**
 * Allocation of a string of `length` bytes with its robj.
 * createEmbeddedStringObject(), object.c, Redis 7.2.6. Exact.
 */
export function embstrBytes({ allocator, profile }: Target, length: number): number {
  return allocator.goodSize(profile.sizes.robj + EMBSTR_OVERHEAD + length);
}

/**
 * Adds the robj that the value hangs on. `embstrCounted`: what MEMORY USAGE adds to an
 * embedded string and its robj; undefined: it looks at the allocation. Mirrors
 * objectComputeSize(), object.c, Redis 4.0.14 to 8.0.6. Exact.
 */
export function addRobj(bill: Bill, target: Target, parts: RobjParts, embstrCounted?: number): void {
  const { robj } = target.profile.sizes;
  const { embeddedBytes } = bill;
  if (bill.object === OBJECT.embedded) {
    const held = embstrBytes(target, embeddedBytes);
    bill.add(
      parts.embstr,
      1,
      embstrCounted === undefined ? held : robj + embstrCounted + embeddedBytes,
      held,
    );
  } else if (bill.object === OBJECT.shared) bill.add(parts.shared, 1, robj, 0);
  else bill.add(parts.robj, 1, robj, target.allocator.goodSize(robj));
}
