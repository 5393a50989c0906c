import type { Part } from "../bill.ts";
import type { Finish, Loader } from "../loader.ts";
import type { ValueStats } from "../stats.ts";
import type { Target } from "../target.ts";
import { ENCODING } from "../types.ts";
import { nodeBytesLimit, nodeEntriesLimit, type QuicklistNodes } from "./quicklist.ts";
import { addRounding } from "./sampled.ts";

/** How a server's MEMORY USAGE counts lists. */
interface ListRules {
  readonly version: string;
  readonly packed: "ziplist" | "listpack";
  /** Packed entries count by the length that they name, or by their allocation. */
  readonly entries: "length" | "heap";
  /** Structures count by sizeof, or by their allocation. */
  readonly structs: "sizeof" | "heap";
  /** What it averages over; undefined: nothing. */
  readonly samples?: "nodes" | "elements";
  /** What it counts of the object before it adds an average; undefined: a robj. */
  readonly objectBytes?: (stats: ValueStats, target: Target) => number;
}

/** Redis 4.0 to 6.2: objectComputeSize(), object.c. */
export const LIST_62: ListRules = {
  version: "Redis 6.2.16",
  packed: "ziplist",
  entries: "length",
  structs: "sizeof",
  samples: "nodes",
};

/** Redis 7.0: objectComputeSize(), object.c. */
export const LIST_70: ListRules = {
  ...LIST_62,
  version: "Redis 7.0.15",
  packed: "listpack",
  entries: "heap",
};

/** Redis 7.2 and 7.4, Valkey: the same. */
export const LIST_72: ListRules = { ...LIST_70, version: "Redis 7.2.6" };

/** Redis 8.0 and 8.2: the same by elements. */
export const LIST_80: ListRules = { ...LIST_72, version: "Redis 8.0.6", samples: "elements" };

/** Redis 8.4 and later: listTypeAllocSize(), t_list.c. */
export const LIST_86: ListRules = {
  version: "Redis 8.6.3",
  packed: "listpack",
  entries: "length",
  structs: "heap",
};

type ListLayout = "list" | "listZiplist" | "quicklistZiplist" | "quicklist2";
type Lists = Pick<Loader, ListLayout>;

/** Lists that are always a quicklist. Mirrors rdbLoadObject(), rdb.c, Redis 4.0.14 to 7.0.15. Exact. */
export function quicklists(rules: ListRules): Lists {
  const list = quicklist(rules);
  return { list, listZiplist: list, quicklistZiplist: list, quicklist2: list };
}

/**
 * Lists loaded as a quicklist, then tried as one listpack, but for one ziplist (RDB type 10). Mirrors
 * rdbLoadObject(), rdb.c, Redis 7.2.6. Exact.
 */
export function listpacksOrQuicklists(rules: ListRules): Lists {
  const listZiplist = quicklist(rules);
  const source = `listTypeTryConvertQuicklist(), t_list.c, ${rules.version}`;
  const listpack: Part = { name: "listpack", source };
  const finish: Finish = (stats, on, bill) => {
    const { list, target } = on;
    list.close();
    if (!becomesListpack(list, target)) listZiplist(stats, on, bill);
    else {
      bill.encoding = ENCODING.listpack;
      bill.add(listpack, 1, entryBytes(rules, list), list.heapBytes);
    }
  };
  return { list: finish, listZiplist, quicklistZiplist: finish, quicklist2: finish };
}

/** Mirrors listTypeTryConvertQuicklist(), t_list.c, Redis 7.2.6. */
function becomesListpack(list: QuicklistNodes, { config }: Target): boolean {
  const fill = config.listMaxListpackSize;
  if (list.nodes !== 1 || list.plainNodes !== 0) return false;
  return list.lastBytes <= nodeBytesLimit(fill) && list.lastEntries <= nodeEntriesLimit(fill);
}

function entryBytes({ entries }: ListRules, list: QuicklistNodes): number {
  return entries === "heap" ? list.heapBytes : list.entryBytes;
}

/** Exact; with list-compress-depth as far as the snapshot holds nodes compressed. */
function quicklist(rules: ListRules): Finish {
  const { version, packed, structs, samples, objectBytes } = rules;
  const append = packed === "ziplist" ? "quicklistAppendZiplist" : "quicklistAppendListpack";
  const headPart: Part = { name: "quicklist", source: `quicklistCreate(), quicklist.c, ${version}` };
  const nodePart: Part = { name: "quicklistNode", source: `quicklistCreateNode(), quicklist.c, ${version}` };
  const entriesPart: Part = {
    name: `${packed}s of the nodes`,
    source: `${append}(), quicklist.c, ${version}`,
  };
  return (stats, { list, target }, bill) => {
    list.close();
    const { sizes } = target.profile;
    const { nodes } = list;
    const headHeap = target.allocator.goodSize(sizes.quicklist);
    const nodeHeap = target.allocator.goodSize(sizes.quicklistNode);
    const head = structs === "heap" ? headHeap : sizes.quicklist;
    const node = structs === "heap" ? nodeHeap : sizes.quicklistNode;
    const entries = entryBytes(rules, list);
    bill.encoding = ENCODING.quicklist;
    bill.add(headPart, 1, head, headHeap);
    bill.add(nodePart, nodes, nodes * node, nodes * nodeHeap);
    bill.add(entriesPart, nodes, entries, list.heapBytes);
    if (samples !== undefined) {
      const count = samples === "nodes" ? nodes : stats.reported;
      addRounding(bill, target, head, count, objectBytes?.(stats, target));
    }
    const depth = target.config.listCompressDepth;
    if (depth > 0 && nodes > 2 * depth) bill.expect(entries, entries);
  };
}
