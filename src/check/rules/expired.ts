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

/** Keys past their time that were still held. */
export const expired = ruleKind({
  id: "expired",
  looksFor: "too many keys past their time that were still in memory",
  fields: {
    ...SELECT,
    ...GROUPS,
    max_share: share("Share of the keys that may have been past their time at most."),
  },
  needs: needsOf,
  prefersRows: true,
  check({ scope }, fields, found) {
    const { each, max_share: limit } = fields;
    const groups = sumsOf(scope, fields);
    const shareOf = ({ keys, expired: past }: GroupSums) => (keys === 0 ? 0 : past / keys);
    for (const one of groups.toSorted((a, b) => b.expired - a.expired)) {
      if (!isBeyond("max_share", shareOf(one), limit)) continue;
      found(
        violation({
          about: each ?? "all",
          name: one.name,
          what: "of the keys are past their time",
          value: shareOf(one),
          field: "max_share",
          limit,
          unit: "share",
          detail: `${thousands(one.expired)} of ${counted(one.keys, "key")}`,
          examples: () =>
            exampleKeys(chosen(scope, fields), `expired AND ${groupCondition(each)}`, { name: one.name }),
        }),
      );
    }
    const keys = groups.reduce((sum, one) => sum + one.keys, 0);
    const past = groups.reduce((sum, one) => sum + one.expired, 0);
    return {
      measured: `${humanShare(keys === 0 ? 0 : past / keys)} of ${counted(keys, "key")} are past their time`,
      notes: emptyNotes(keys),
    };
  },
});
