import { counted } from "../../queries/words.ts";
import { humanBytes, humanShare } from "../../units.ts";
import { share } from "../../yaml/fields.ts";
import { isBeyond, ruleKind, violation } from "../rule.ts";
import { emptyNotes, GROUPS, type GroupSums, needsOf, SELECT, sumsOf } from "../select.ts";

/** How much of the memory is the data itself. */
export const efficiency = ruleKind({
  id: "efficiency",
  looksFor: "too little of the memory being the data itself, names included",
  fields: {
    ...SELECT,
    ...GROUPS,
    min_share: share("Payload over memory at least, as `rdbscope efficiency` has it."),
  },
  needs: needsOf,
  check({ scope }, fields, found) {
    const { each, min_share: limit } = fields;
    const groups = sumsOf(scope, fields);
    const shareOf = ({ bytes, payload_bytes: payload }: Pick<GroupSums, "bytes" | "payload_bytes">) =>
      bytes === 0 ? 1 : payload / bytes;
    const overhead = ({ bytes, payload_bytes: payload }: GroupSums) => bytes - payload;
    for (const one of groups.toSorted((a, b) => overhead(b) - overhead(a))) {
      if (!isBeyond("min_share", shareOf(one), limit)) continue;
      found(
        violation({
          about: each ?? "all",
          name: one.name,
          what: "of the memory is data",
          value: shareOf(one),
          field: "min_share",
          limit,
          unit: "share",
          detail: `${humanBytes(overhead(one))} of ${humanBytes(one.bytes)} is overhead, of ${counted(one.keys, "key")}`,
        }),
      );
    }
    const sum = (of: (one: GroupSums) => number) => groups.reduce((total, one) => total + of(one), 0);
    const all = { bytes: sum(({ bytes }) => bytes), payload_bytes: sum((one) => one.payload_bytes) };
    return {
      measured: `${humanShare(shareOf(all))} of ${humanBytes(all.bytes)} is data`,
      notes: emptyNotes(sum(({ keys }) => keys)),
    };
  },
});
