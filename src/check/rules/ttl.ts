import { counted, thousands } from "../../queries/words.ts";
import { humanShare } from "../../units.ts";
import { share } from "../../yaml/fields.ts";
import { isBeyond, ruleKind, violation } from "../rule.ts";
import {
  chosen,
  emptyNotes,
  exampleKeys,
  GROUPS,
  type GroupSums,
  groupCondition,
  needsOf,
  SELECT,
  sumsOf,
} from "../select.ts";

/** How many of the keys expire at all. */
export const ttl = ruleKind({
  id: "ttl",
  looksFor: "too few keys with a TTL, overall or by pattern",
  fields: { ...SELECT, ...GROUPS, min_share: share("Share of the keys that have a TTL at least.") },
  needs: needsOf,
  prefersRows: true,
  check({ scope }, fields, found) {
    const { each, min_share: limit } = fields;
    const groups = sumsOf(scope, fields);
    const shareOf = ({ keys, keys_without_ttl: without }: GroupSums) =>
      keys === 0 ? 1 : (keys - without) / keys;
    const beyond = groups.filter((one) => isBeyond("min_share", shareOf(one), limit));
    for (const one of beyond.toSorted((a, b) => b.keys_without_ttl - a.keys_without_ttl)) {
      found(
        violation({
          about: each ?? "all",
          name: one.name,
          what: "of the keys have a TTL",
          value: shareOf(one),
          field: "min_share",
          limit,
          unit: "share",
          detail: `${thousands(one.keys_without_ttl)} of ${counted(one.keys, "key")} have none`,
          examples: () =>
            exampleKeys(chosen(scope, fields), `expires_at IS NULL AND ${groupCondition(each)}`, {
              name: one.name,
            }),
        }),
      );
    }
    const keys = groups.reduce((sum, one) => sum + one.keys, 0);
    const without = groups.reduce((sum, one) => sum + one.keys_without_ttl, 0);
    return {
      measured: `${humanShare(keys === 0 ? 1 : (keys - without) / keys)} of ${counted(keys, "key")} have a TTL`,
      notes: emptyNotes(keys),
    };
  },
});
