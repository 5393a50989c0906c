import { counted } from "../../queries/words.ts";
import { humanBytes } from "../../units.ts";
import { count, share, size } from "../../yaml/fields.ts";
import { isBeyond, ruleKind, type Unit, violation } from "../rule.ts";
import {
  chosen,
  emptyNotes,
  GROUPS,
  type GroupSums,
  groupCondition,
  needsOf,
  SELECT,
  sumsOf,
} from "../select.ts";

/** What each field is a limit of. */
const MEASURES = {
  max_bytes: ["of memory", "bytes", ({ bytes }) => bytes],
  min_bytes: ["of memory", "bytes", ({ bytes }) => bytes],
  max_keys: ["keys", "count", ({ keys }) => keys],
  min_keys: ["keys", "count", ({ keys }) => keys],
  max_average_bytes: ["on average", "bytes", ({ keys, bytes }) => (keys === 0 ? 0 : bytes / keys)],
  max_key_bytes: ["in the largest key", "bytes", ({ max_bytes: most }) => most],
  max_memory_share: ["of all memory", "share", ({ bytes }, all) => (all === 0 ? 0 : bytes / all)],
} as const satisfies Readonly<
  Record<string, readonly [string, Unit, (sums: GroupSums, all: number) => number]>
>;
type Field = keyof typeof MEASURES;
const FIELDS = Object.keys(MEASURES) as Field[];

/** Keys and memory, of all, or of what a type, a pattern or names choose. */
export const limits = ruleKind({
  id: "limits",
  looksFor: "more (or less) keys and memory than allowed: of all, by type, by pattern, by database",
  fields: {
    ...SELECT,
    ...GROUPS,
    max_bytes: size("Memory of the keys at most.").optional(),
    min_bytes: size("Memory of the keys at least.").optional(),
    max_keys: count("Keys at most.").optional(),
    min_keys: count("Keys at least.").optional(),
    max_average_bytes: size("Memory of a key on average at most.").optional(),
    max_key_bytes: size("Memory of the largest key at most.").optional(),
    max_memory_share: share("Share of the memory of all keys at most.").optional(),
  },
  oneOf: FIELDS,
  needs: needsOf,
  check({ scope }, fields, found) {
    const groups = sumsOf(scope, fields);
    const all = sumsOf(scope, {})[0]!.bytes;
    const given = FIELDS.filter((field) => fields[field] !== undefined);
    for (const sums of groups) {
      for (const field of given) {
        const [what, unit, measure] = MEASURES[field];
        const value = measure(sums, all);
        const limit = fields[field]!;
        if (!isBeyond(field, value, limit)) continue;
        const examples = () => (field === "max_key_bytes" ? largestOf(sums) : []);
        found(
          violation({
            about: fields.each ?? "all",
            name: sums.name,
            what,
            value,
            field,
            limit,
            unit,
            examples,
          }),
        );
      }
    }
    const keys = groups.reduce((sum, one) => sum + one.keys, 0);
    const bytes = groups.reduce((sum, one) => sum + one.bytes, 0);
    return { measured: `${counted(keys, "key")}, ${humanBytes(bytes)}`, notes: emptyNotes(keys) };

    /** The largest key: the inventory knows those of each type by name. */
    function largestOf({ name, max_bytes: most }: GroupSums): (string | Buffer)[] {
      const { condition, params } = chosen(scope, fields);
      const row = scope.inventory.get<{ key: string | Buffer }>(
        `SELECT key FROM big_keys WHERE snapshot = @snapshot AND ranked_by = 'bytes' AND bytes = @most
           AND ${groupCondition(fields.each)} AND ${condition}`,
        { ...params, most, name },
      );
      return row === undefined ? [] : [row.key];
    }
  },
});
