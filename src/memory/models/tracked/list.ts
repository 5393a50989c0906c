import type { Bill, Part } from "../../bill.ts";
import type { Finish } from "../../loader.ts";
import type { Target } from "../../target.ts";
import { ENCODING } from "../../types.ts";
import { becomesListpack } from "../listpack-era/list.ts";
import type { QuicklistNodes } from "../quicklist.ts";

const LISTPACK: Part = { name: "listpack", source: "listTypeAllocSize(), t_list.c, Redis 8.6.3" };
const QUICKLIST: Part = { name: "quicklist", source: "quicklistCreate(), quicklist.c, Redis 8.6.3" };
const NODES: Part = { name: "quicklistNode", source: "quicklistCreateNode(), quicklist.c, Redis 8.6.3" };
const ENTRIES: Part = {
  name: "listpacks of the nodes",
  source: "quicklistAppendListpack(), quicklist.c, Redis 8.6.3",
};

/**
 * A list loaded as a quicklist, then tried as one listpack. Listpacks count by their own length, the structures by
 * their allocations. Mirrors rdbLoadObject(), rdb.c, and listTypeAllocSize(), t_list.c, Redis 8.6.3. Exact.
 */
export const finishTrackedList: Finish = (_stats, { list, target }, bill) => {
  list.close();
  if (!becomesListpack(list, target)) addQuicklist(list, target, bill);
  else {
    bill.encoding = ENCODING.listpack;
    bill.add(LISTPACK, 1, list.entryBytes, list.heapBytes);
  }
};

/** A list from one ziplist (RDB type 10) stays a quicklist. Mirrors rdbLoadObject(), rdb.c, Redis 8.6.3. Exact. */
export const finishTrackedListZiplist: Finish = (_stats, { list, target }, bill) => {
  list.close();
  addQuicklist(list, target, bill);
};

function addQuicklist(list: QuicklistNodes, { allocator, config, profile }: Target, bill: Bill): void {
  const quicklist = allocator.goodSize(profile.sizes.quicklist);
  const nodes = list.nodes * allocator.goodSize(profile.sizes.quicklistNode);
  bill.encoding = ENCODING.quicklist;
  bill.add(QUICKLIST, 1, quicklist, quicklist);
  bill.add(NODES, list.nodes, nodes, nodes);
  bill.add(ENTRIES, list.nodes, list.entryBytes, list.heapBytes);
  const depth = config.listCompressDepth;
  if (depth > 0 && list.nodes > 2 * depth) bill.expect(list.entryBytes, list.entryBytes);
}
