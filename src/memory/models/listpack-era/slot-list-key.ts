import type { Part } from "../../bill.ts";
import type { KeyModel } from "../../loader.ts";
import { sdsZmallocSize } from "../../target.ts";
import { dictKey } from "../dict-key.ts";

/** sizeof(clusterDictEntryMetadata), cluster.h, Redis 7.0.15: the neighbours in the list of a slot's keys. */
export const SLOT_LIST_BYTES = 16;
/**
 * sizeof(clusterDictMetadata), cluster.h, Redis 7.2.6: the dict's own, which MEMORY USAGE adds in place of
 * the entry's.
 */
export const DICT_METADATA_BYTES = 8;

const METADATA: Part = { name: "list of the slot's keys", source: "dictAddRaw(), dict.c, Redis 7.0.15" };

/**
 * A key whose entry in the main dict also links the keys of its slot, in cluster mode. `counted`: what
 * MEMORY USAGE adds for that, by dictMetadataSize(), dict.h. Mirrors dbDictEntryMetadataSize(), server.c,
 * and memoryCommand(), object.c, Redis 7.0.15 and 7.2.6. Exact.
 */
export function slotListKey(version: string, counted: number): KeyModel {
  const plainKey = dictKey({ version, count: sdsZmallocSize });
  return (stats, on, bill) => {
    plainKey(stats, on, bill);
    const { allocator, config, profile } = on.target;
    if (!config.clusterEnabled) return;
    const { dictEntry } = profile.sizes;
    const held = allocator.goodSize(dictEntry + SLOT_LIST_BYTES) - allocator.goodSize(dictEntry);
    bill.add(METADATA, 1, counted, held);
  };
}
