import { sampleOf } from "../../queries/sampling.ts";
import { hasKeyRows, keySource, type Scope, scopeParams } from "../../queries/scope.ts";
import { counted, thousands } from "../../queries/words.ts";
import { humanBytes, humanShare } from "../../units.ts";
import { finding, rule } from "../rule.ts";

const SLOTS_SQL = `SELECT slot, keys, bytes, sum(bytes) OVER () AS all_bytes, sum(keys) OVER () AS all_keys,
  count(*) OVER () AS used FROM slots WHERE snapshot = @snapshot ORDER BY bytes DESC`;
const EXAMPLES = 3;

interface SlotRow {
  readonly slot: number;
  readonly keys: number;
  readonly bytes: number;
  readonly all_bytes: number;
  readonly all_keys: number;
  readonly used: number;
}

/** Hash slots that hold much more than their share: one hash tag over too many keys. */
export const hotSlots = rule({
  id: "hot-slots",
  looksFor: "hash slots that hold much more than their share, as one hash tag over many keys makes them",
  needs: ["whole"],
  thresholds: { memory_share: 0.05, times_average: 10, min_keys: 10 },
  find(scope, { memory_share: limit, times_average: times, min_keys: least }) {
    const rows = scope.inventory.all<SlotRow>(SLOTS_SQL, { snapshot: scope.snapshot.snapshot });
    const sample = sampleOf(scope.snapshot);
    const isSample = sample !== undefined;
    const weight = sample?.weight ?? 1;
    const hot = rows.filter(
      ({ keys, bytes, all_bytes: all, used }) =>
        keys >= least * weight && bytes > limit * all && bytes > (times * all) / used,
    );
    const isCluster = JSON.parse(scope.snapshot.settings).clusterEnabled === true;
    return hot.map(({ slot, keys, bytes, all_bytes: all, all_keys: allKeys, used }) => {
      const examples = examplesOf(scope, slot);
      const tag = tagOf(examples);
      return finding({
        severity: isCluster ? "warning" : "info",
        title: `slot ${slot} holds ${humanShare(bytes / all)} of the memory${tag === undefined ? "" : `: keys with {${tag}}`}`,
        evidence: [
          `${thousands(keys)} of ${counted(allKeys, "key")} are in it, with ${humanBytes(bytes)} by MEMORY USAGE; ${isSample ? "at least " : ""}${thousands(used)} slots have keys, so that each would have ${humanBytes(all / used)}${isSample ? " at most" : ""}.`,
          "A slot is never split: whatever the number of nodes, one of them has all of it.",
        ],
        figures: { slot, keys, bytes, memory_share: bytes / all, used_slots: used, hash_tag: tag ?? null },
        examples,
        advice: [
          "Use a finer hash tag, such as {user:1234} in place of {users}: only keys that one command or transaction needs together have to share it.",
        ],
      });
    });
  },
});

function examplesOf(scope: Scope, slot: number): (string | Buffer)[] {
  if (!hasKeyRows(scope)) return [];
  return scope.inventory
    .all<{ key: string | Buffer }>(
      `SELECT key FROM ${keySource(scope)} WHERE slot = @slot AND key LIKE '%{_%}%' LIMIT ${EXAMPLES}`,
      { ...scopeParams(scope), slot },
    )
    .map(({ key }) => key);
}

/** The hash tag that all the keys have. Mirrors keyHashSlot(), cluster.c, Redis 7.2. */
function tagOf(keys: readonly (string | Buffer)[]): string | undefined {
  const tags = new Set(keys.map((key) => /^[^{]*\{([^}]+)\}/.exec(String(key))?.[1]));
  return tags.size === 1 ? [...tags][0] : undefined;
}
