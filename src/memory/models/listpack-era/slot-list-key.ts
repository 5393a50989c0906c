import type { Part } from "../../bill.ts";
import type { KeyModel } from "../../loader.ts";
import { sdsZmallocSize } from "../../target.ts";
import { dictKey } from "../dict-key.ts";

/** sizeof(clusterDictEntryMetadata), cluster.h, Redis 7.0.15: the neighbours in the list of a slot's keys. */
const METADATA_BYTES = 16;

const METADATA: Part = { name: "list of the slot's keys", source: "dictAddRaw(), dict.c, Redis 7.0.15" };

const plainKey = dictKey({ version: "Redis 7.0.15", count: sdsZmallocSize });

/**
 * A key whose entry in the main dict also links the keys of its slot, in cluster mode. Mirrors
 * dictEntryMetadataSize(), server.c, and memoryCommand(), object.c, Redis 7.0.15. Exact.
 */
export const slotListKey: KeyModel = (stats, on, bill) => {
  plainKey(stats, on, bill);
  const { allocator, config, profile } = on.target;
  if (!config.clusterEnabled) return;
  const { dictEntry } = profile.sizes;
  const held = allocator.goodSize(dictEntry + METADATA_BYTES) - allocator.goodSize(dictEntry);
  bill.add(METADATA, 1, METADATA_BYTES, held);
};
