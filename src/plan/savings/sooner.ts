import { grouped } from "../../queries/groups.ts";
import { ofRow } from "../../queries/sampling.ts";
import { keySource, type Scope, scopeParams } from "../../queries/scope.ts";
import { humanDuration } from "../../units.ts";
import { LOADED, type SavedPart, type SavingKind } from "./saving.ts";

/** Of fewer keys nothing is said. */
const LEAST_KEYS = 30;
/** Keys of one TTL, written evenly, have half of it left or less in one of two cases: where it is far from that, TTLs differ. */
const LEAST_SHARE = 0.25;
const MOST_SHARE = 0.75;

const OLD_HALF = (scope: Scope) => `
  WITH live AS MATERIALIZED (SELECT pattern, db, expires_at - @createdAt AS remaining, ${ofRow(scope, "1")} AS keys,
      ${ofRow(scope, "heap_bytes")} AS heap_bytes FROM ${keySource(scope)} WHERE expires_at IS NOT NULL AND ${LOADED}),
    longest AS MATERIALIZED (SELECT pattern, max(remaining) AS ttl_ms, sum(keys) AS all_keys FROM live GROUP BY pattern)
  SELECT pattern, db, ttl_ms, all_keys, sum(keys) AS keys, sum(keys) AS expires, sum(heap_bytes) AS heap_bytes
  FROM live JOIN longest USING (pattern) WHERE remaining <= ttl_ms / 2.0 GROUP BY pattern, db`;

interface HalfRow extends SavedPart {
  readonly ttl_ms: number;
  readonly all_keys: number;
}

/** Half the TTL for patterns that have one: the older half of their keys would be gone. */
export const sooner: SavingKind = {
  kind: "expiring sooner",
  needsRows: true,
  find: ({ scope }) => {
    const rows = scope.inventory.all<HalfRow>(OLD_HALF(scope), scopeParams(scope));
    return [...grouped(rows, ({ pattern }) => pattern)].flatMap(([pattern, change]) => {
      const { ttl_ms: longest, all_keys: all } = change[0]!;
      const keys = change.reduce((sum, one) => sum + one.keys, 0);
      if (all < LEAST_KEYS || keys < LEAST_SHARE * all || keys > MOST_SHARE * all) return [];
      const seconds = longest / 1000;
      return {
        kind: "expiring sooner",
        what: pattern,
        keys,
        change,
        basis: `estimate: ${humanDuration(seconds / 2)} in place of ${humanDuration(seconds)}: those with at most half of the longest TTL left are gone`,
        cost: "more misses: what expires sooner is made or read again",
      };
    });
  },
};
