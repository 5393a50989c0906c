import type { Part } from "../../bill.ts";
import type { Finish } from "../../loader.ts";
import { ENCODING } from "../../types.ts";
import { addRounding } from "../sampled.ts";

const QUICKLIST: Part = { name: "quicklist", source: "quicklistCreate(), quicklist.c, Redis 6.2.16" };
const NODES: Part = { name: "quicklistNode", source: "quicklistCreateNode(), quicklist.c, Redis 6.2.16" };
const ENTRIES: Part = {
  name: "ziplists of the nodes",
  source: "quicklistAppendZiplist(), quicklist.c, Redis 6.2.16",
};

/**
 * A list as a quicklist of ziplists, whose lengths MEMORY USAGE adds as they stand: of a compressed node, that of
 * its LZF. Mirrors rdbLoadObject(), rdb.c, and objectComputeSize(), object.c, Redis 4.0.14 to 6.2.16. Exact; with
 * list-compress-depth as far as the snapshot holds nodes compressed.
 */
export const finishZiplistNodes: Finish = (_stats, { list, target }, bill) => {
  list.close();
  const { allocator, profile, config } = target;
  const { robj, quicklist, quicklistNode } = profile.sizes;
  const { nodes, entryBytes, heapBytes } = list;
  bill.encoding = ENCODING.quicklist;
  bill.add(QUICKLIST, 1, quicklist, allocator.goodSize(quicklist));
  bill.add(NODES, nodes, nodes * quicklistNode, nodes * allocator.goodSize(quicklistNode));
  bill.add(ENTRIES, nodes, entryBytes, heapBytes);
  addRounding(bill, robj + quicklist, nodes * quicklistNode + entryBytes, nodes);
  const depth = config.listCompressDepth;
  if (depth > 0 && nodes > 2 * depth) bill.expect(entryBytes, entryBytes);
};
