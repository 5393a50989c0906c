import { addSampled, exactly, type Finish, type Finished } from "../finished.ts";
import type { Target } from "../target.ts";
import { ENCODING } from "../types.ts";
import { nodeBytesLimit, nodeEntriesLimit, type QuicklistNodes } from "./quicklist.ts";

/** A list loaded as a quicklist, then tried as one listpack. Mirrors rdbLoadObject(), rdb.c, Redis 7.2.6. Exact. */
export const finishList: Finish = (stats, target, index, out) => {
  const list = stats.quicklists[index] as QuicklistNodes;
  list.close();
  if (!becomesListpack(list, target)) finishQuicklist(list, target, out);
  else {
    const { allocator, profile } = target;
    exactly(
      out,
      ENCODING.listpack,
      profile.sizes.robj + list.heapBytes,
      allocator.goodSize(profile.sizes.robj) + list.heapBytes,
    );
  }
};

/** A list from one ziplist (RDB type 10) stays a quicklist. Mirrors rdbLoadObject(), rdb.c, Redis 7.2.6. Exact. */
export const finishListZiplist: Finish = (stats, target, index, out) => {
  const list = stats.quicklists[index] as QuicklistNodes;
  list.close();
  finishQuicklist(list, target, out);
};

/** Mirrors listTypeTryConvertQuicklist(), t_list.c, Redis 7.2.6. */
function becomesListpack(list: QuicklistNodes, target: Target): boolean {
  const fill = target.config.listMaxListpackSize;
  if (list.nodes !== 1 || list.plainNodes !== 0) return false;
  return list.lastBytes <= nodeBytesLimit(fill) && list.lastEntries <= nodeEntriesLimit(fill);
}

function finishQuicklist(list: QuicklistNodes, target: Target, out: Finished): void {
  const { allocator, profile } = target;
  const { robj, quicklist, quicklistNode } = profile.sizes;
  const elements = list.nodes * quicklistNode + list.heapBytes;
  exactly(
    out,
    ENCODING.quicklist,
    addSampled(robj + quicklist, elements, list.nodes, list.nodes),
    allocator.goodSize(robj) +
      allocator.goodSize(quicklist) +
      list.nodes * allocator.goodSize(quicklistNode) +
      list.heapBytes,
  );
  const depth = target.config.listCompressDepth;
  if (depth > 0 && list.nodes > 2 * depth) {
    out.exactness = 1;
    out.bandBytes = list.heapBytes;
  }
}
