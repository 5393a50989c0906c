import type { Bill, Part } from "../../bill.ts";
import type { Finish } from "../../loader.ts";
import type { Target } from "../../target.ts";
import { ENCODING } from "../../types.ts";
import { nodeBytesLimit, nodeEntriesLimit, type QuicklistNodes } from "../quicklist.ts";
import { addRounding } from "../sampled.ts";

const LISTPACK: Part = { name: "listpack", source: "listTypeTryConvertQuicklist(), t_list.c, Redis 7.2.6" };
const QUICKLIST: Part = { name: "quicklist", source: "quicklistCreate(), quicklist.c, Redis 7.2.6" };
const NODES: Part = { name: "quicklistNode", source: "quicklistCreateNode(), quicklist.c, Redis 7.2.6" };
const ENTRIES: Part = {
  name: "listpacks of the nodes",
  source: "quicklistAppendListpack(), quicklist.c, Redis 7.2.6",
};

/** A list loaded as a quicklist, then tried as one listpack. Mirrors rdbLoadObject(), rdb.c, Redis 7.2.6. Exact. */
export const finishList: Finish = (_stats, { list, target }, bill) => addList(list, target, bill, list.nodes);

/** A list from one ziplist (RDB type 10) stays a quicklist. Mirrors rdbLoadObject(), rdb.c, Redis 7.2.6. Exact. */
export const finishListZiplist: Finish = (_stats, { list, target }, bill) => {
  list.close();
  addQuicklist(list, target, bill, list.nodes);
};

/** The same where MEMORY USAGE averages over elements, not over nodes: objectComputeSize(), object.c, Redis 8.0.6. */
export const finishListByElements: Finish = ({ reported }, { list, target }, bill) =>
  addList(list, target, bill, reported);

/** The same of one ziplist. */
export const finishListZiplistByElements: Finish = ({ reported }, { list, target }, bill) => {
  list.close();
  addQuicklist(list, target, bill, reported);
};

function addList(list: QuicklistNodes, target: Target, bill: Bill, samples: number): void {
  list.close();
  if (!becomesListpack(list, target)) addQuicklist(list, target, bill, samples);
  else {
    bill.encoding = ENCODING.listpack;
    bill.add(LISTPACK, 1, list.heapBytes, list.heapBytes);
  }
}

/** Mirrors listTypeTryConvertQuicklist(), t_list.c, Redis 7.2.6. */
export function becomesListpack(list: QuicklistNodes, target: Target): boolean {
  const fill = target.config.listMaxListpackSize;
  if (list.nodes !== 1 || list.plainNodes !== 0) return false;
  return list.lastBytes <= nodeBytesLimit(fill) && list.lastEntries <= nodeEntriesLimit(fill);
}

function addQuicklist(list: QuicklistNodes, target: Target, bill: Bill, samples: number): void {
  const { allocator, profile } = target;
  const { robj, quicklist, quicklistNode } = profile.sizes;
  const { nodes, heapBytes } = list;
  bill.encoding = ENCODING.quicklist;
  bill.add(QUICKLIST, 1, quicklist, allocator.goodSize(quicklist));
  bill.add(NODES, nodes, nodes * quicklistNode, nodes * allocator.goodSize(quicklistNode));
  bill.add(ENTRIES, nodes, heapBytes, heapBytes);
  addRounding(bill, robj + quicklist, nodes * quicklistNode + heapBytes, samples);
  const depth = target.config.listCompressDepth;
  if (depth > 0 && nodes > 2 * depth) bill.expect(heapBytes, heapBytes);
}
