import type { Scope } from "../../queries/scope.ts";
import { thousands } from "../../queries/words.ts";
import { humanBytes, humanShare } from "../../units.ts";
import { finding, rule } from "../rule.ts";

const SLOTS = 16_384;
/** Slots that two nodes would share by chance, if each had its keys anywhere: so many are no chance. */
const EXPECTED_SHARED = 10;

const NODES_SQL = `SELECT snapshot, count(*) AS slots, sum(keys) AS keys, sum(bytes) AS bytes FROM slots
  WHERE keys > 0 GROUP BY snapshot`;
const SHARED_SQL = `SELECT 1 FROM slots WHERE keys > 0 GROUP BY slot HAVING count(DISTINCT snapshot) > 1 LIMIT 1`;

interface Node {
  readonly snapshot: number;
  /** Slots that have keys. */
  readonly slots: number;
  readonly keys: number;
  readonly bytes: number;
}

/** A node of a cluster that holds much more than the others, where an inventory has the snapshots of several. */
export const nodeImbalance = rule({
  id: "node-imbalance",
  looksFor: "a node of a cluster that holds much more memory than the average, in an inventory of all nodes",
  needs: ["whole"],
  thresholds: { times_average: 1.25, bytes: 1024 ** 2 },
  find(scope, { times_average: times, bytes: least }) {
    const nodes = nodesOf(scope);
    const own = nodes.find(({ snapshot }) => snapshot === scope.snapshot.snapshot);
    if (own === undefined) return [];
    const sum = (of: "slots" | "bytes") => nodes.reduce((all, node) => all + node[of], 0);
    const [bytes, slots] = [sum("bytes"), sum("slots")];
    const average = bytes / nodes.length;
    if (own.bytes <= times * average || own.bytes - average < least) return [];
    const hasMore = own.slots > (times * slots) / nodes.length;
    return [
      finding({
        severity: "warning",
        title: `this node holds ${humanShare(own.bytes / bytes)} of the memory of ${nodes.length} nodes`,
        evidence: [
          `Its ${thousands(own.keys)} keys take ${humanBytes(own.bytes)} by MEMORY USAGE, ${humanBytes(own.bytes - average)} more than the average of ${humanBytes(average)}: it is full, and its requests are slow, before the others.`,
          `It has keys in ${thousands(own.slots)} of the ${thousands(slots)} slots that have any. The snapshots are taken for nodes of one cluster, as none has a key in another's slot.`,
        ],
        figures: {
          nodes: nodes.length,
          keys: own.keys,
          bytes: own.bytes,
          average_bytes: average,
          memory_share: own.bytes / bytes,
          used_slots: own.slots,
          all_used_slots: slots,
        },
        advice: [
          hasMore
            ? "redis-cli --cluster rebalance HOST:PORT deals slots out evenly (--cluster-use-empty-masters, if a node is to be filled); try it with --cluster-simulate first."
            : "It has no more slots than others, but heavier ones: redis-cli --cluster reshard HOST:PORT moves some of them; rdbscope slots tells which are the largest. A single slot that is too large needs a finer hash tag.",
        ],
      }),
    ];
  },
});

/** Sums of each snapshot, if they are those of a cluster's nodes: no slot has keys in two, and not by chance. */
function nodesOf({ inventory }: Scope): readonly Node[] {
  const nodes = inventory.all<Node>(NODES_SQL);
  if (nodes.length < 2) return [];
  const [fewest, next] = nodes.map(({ slots }) => slots).sort((a, b) => a - b) as [number, number];
  if ((fewest * next) / SLOTS < EXPECTED_SHARED) return [];
  return inventory.get(SHARED_SQL) === undefined ? nodes : [];
}
