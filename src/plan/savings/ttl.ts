import { noTtl } from "../../doctor/rules/no-ttl.ts";
import { patternSums } from "../../doctor/sums.ts";
import { hasWord, TEMPORARY_WORDS } from "../../doctor/words.ts";
import { grouped } from "../../queries/groups.ts";
import { ofRow } from "../../queries/sampling.ts";
import { keySource, type Scope, scopeParams } from "../../queries/scope.ts";
import type { SavedPart, SavingKind } from "./saving.ts";

/** Shares as the doctor's rule no-ttl has them. */
const { no_ttl_share: LEAST, mostly_share: MOSTLY } = noTtl.thresholds as Record<string, number>;

const WITHOUT = (scope: Scope) => `SELECT pattern, db, sum(${ofRow(scope, "1")}) AS keys, 0 AS expires,
    sum(${ofRow(scope, "heap_bytes")}) AS heap_bytes FROM ${keySource(scope)}
  WHERE expires_at IS NULL AND pattern IN (SELECT value FROM json_each(@wanted)) GROUP BY pattern, db`;

/** A TTL for keys without one, in patterns that are temporary by name, or that mostly expire: at most all of them go. */
export const ttl: SavingKind = {
  kind: "TTL where there is none",
  needsRows: true,
  find: ({ scope }) => {
    const wanted = patternSums(scope)
      .filter(({ keys, keys_without_ttl: without }) => without > LEAST! * keys)
      .filter(
        ({ pattern, keys, keys_without_ttl: without }) =>
          hasWord(pattern, TEMPORARY_WORDS) || keys - without > MOSTLY! * keys,
      )
      .map(({ pattern }) => pattern);
    const params = { ...scopeParams(scope), wanted: JSON.stringify(wanted) };
    const parts = scope.inventory.all<SavedPart>(WITHOUT(scope), params);
    return [...grouped(parts, ({ pattern }) => pattern)].map(([pattern, change]) => ({
      kind: "TTL where there is none",
      what: pattern,
      keys: change.reduce((sum, { keys }) => sum + keys, 0),
      change,
      basis: "at most: all keys of it that never expire are gone",
      cost: "a TTL in each command that writes them; what is still needed has to be made again",
    }));
  },
};
