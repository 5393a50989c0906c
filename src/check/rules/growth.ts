import { thousands } from "../../queries/words.ts";
import { humanBytes, humanShare } from "../../units.ts";
import { choice, count, percent, size } from "../../yaml/fields.ts";
import { isBeyond, ruleKind, type Unit, violation } from "../rule.ts";
import { type Each, GROUPS, patternMatcher, SELECT, type Select } from "../select.ts";
import { type Totals, totalsOf } from "../totals.ts";

type Group = Totals["groups"][number];

/** What a group was and is. */
interface Grown {
  readonly name: string | null;
  readonly old: Sums;
  readonly now: Sums;
}
interface Sums {
  keys: number;
  bytes: number;
}

const difference = (of: keyof Sums) => (one: Grown) => one.now[of] - one.old[of];
/** What there was none of has no percentage. */
const relative = (of: keyof Sums) => (one: Grown) =>
  one.old[of] === 0 ? 0 : difference(of)(one) / one.old[of];

const MEASURES = {
  max_bytes: ["more memory", "bytes", difference("bytes")],
  max_percent: ["more memory", "share", relative("bytes")],
  max_keys: ["more keys", "count", difference("keys")],
  max_keys_percent: ["more keys", "share", relative("keys")],
} as const satisfies Readonly<Record<string, readonly [string, Unit, (one: Grown) => number]>>;
const FIELDS = Object.keys(MEASURES) as (keyof typeof MEASURES)[];

const WORDS = ["allow", "forbid"] as const;
const { pattern, type, db } = SELECT;

/** How much more there is than in the baseline. */
export const growth = ruleKind({
  id: "growth",
  looksFor:
    "more keys or memory than in the baseline: of all, by type, by pattern; patterns that are new or gone",
  fields: {
    ...{ pattern, type, db, each: GROUPS.each },
    ignore_below_bytes: size("Leave out what takes less memory than this, then and now.").optional(),
    max_bytes: size("Additional memory at most.").optional(),
    max_percent: percent("Additional memory at most, as a part of what it was.").optional(),
    max_keys: count("Additional keys at most.").optional(),
    max_keys_percent: percent("Additional keys at most, as a part of what there were.").optional(),
    new_patterns: choice(WORDS, "Whether there may be patterns that the baseline does not have.").optional(),
    vanished_patterns: choice(WORDS, "Whether patterns of the baseline may be gone.").optional(),
  },
  oneOf: [...FIELDS, "new_patterns", "vanished_patterns"],
  needs: () => ["baseline"],
  check({ scope, baseline }, fields, found) {
    const { each, ignore_below_bytes: least = 0 } = fields;
    const [old, now] = [baseline!.groups, totalsOf(scope).groups].map((groups) =>
      groups.filter(isChosen(fields)),
    );
    const isSeen = (one: Grown) => Math.max(one.old.bytes, one.now.bytes) >= least;
    const grown = compared(old!, now!, each).filter(isSeen);
    for (const one of grown) {
      for (const field of FIELDS) {
        const [what, unit, measure] = MEASURES[field];
        const limit = fields[field];
        const value = measure(one);
        if (limit === undefined || !isBeyond(field, value, limit)) continue;
        const detail = sizes(one, field.startsWith("max_keys"));
        found(violation({ about: each ?? "all", name: one.name, what, value, field, limit, unit, detail }));
      }
    }
    const patterns = compared(old!, now!, "pattern").filter(isSeen);
    for (const [field, before, after, what] of APPEARANCES) {
      if (fields[field] !== "forbid") continue;
      for (const one of patterns.toSorted((a, b) => b[after].bytes - a[after].bytes)) {
        if (one[before].keys > 0 || one[after].keys === 0) continue;
        const { keys, bytes } = one[after];
        const detail = humanBytes(bytes);
        found(violation({ about: "pattern", name: one.name, what, value: keys, field, detail }));
      }
    }
    const [all] = compared(old!, now!, undefined);
    const since = new Date(baseline!.created_at).toISOString().slice(0, 10);
    return { measured: all === undefined ? "no key is chosen" : `${changed(all)} since ${since}` };
  },
});

/** A pattern that is there on one side only. */
const APPEARANCES = [
  ["new_patterns", "old", "now", "keys of a new pattern"],
  ["vanished_patterns", "now", "old", "keys of a pattern that is gone"],
] as const;

function isChosen({ pattern: globs, type: types, db: dbs }: Select): (group: Group) => boolean {
  const matches = globs === undefined ? undefined : patternMatcher(globs);
  return (one) =>
    (matches?.(one.pattern) ?? true) &&
    (types === undefined ||
      types.includes(one.type) ||
      (one.encoding === "module" && types.includes("module"))) &&
    (dbs?.includes(one.db) ?? true);
}

/** Both sides by group, what grew most first. */
function compared(old: readonly Group[], now: readonly Group[], each: Each | undefined): Grown[] {
  const all = new Map<string | null, Grown>();
  for (const [side, groups] of [
    ["old", old],
    ["now", now],
  ] as const) {
    for (const group of groups) {
      const name = nameOf(group, each);
      const one = all.get(name) ?? { name, old: { keys: 0, bytes: 0 }, now: { keys: 0, bytes: 0 } };
      all.set(name, one);
      one[side].keys += group.keys;
      one[side].bytes += group.bytes;
    }
  }
  return [...all.values()].sort((a, b) => difference("bytes")(b) - difference("bytes")(a));
}

function nameOf(group: Group, each: Each | undefined): string | null {
  if (each === undefined) return null;
  return each === "encoding" ? `${group.type} ${group.encoding}` : String(group[each]);
}

function sizes({ old, now }: Grown, isKeys: boolean): string {
  return isKeys
    ? `from ${thousands(old.keys)} to ${thousands(now.keys)}`
    : `from ${humanBytes(old.bytes)} to ${humanBytes(now.bytes)}`;
}

function changed(all: Grown): string {
  const bytes = difference("bytes")(all);
  const sign = bytes < 0 ? "" : "+";
  const part = all.old.bytes === 0 ? "" : ` (${sign}${humanShare(relative("bytes")(all))})`;
  const keys = difference("keys")(all);
  return `${sign}${humanBytes(bytes)}${part}, ${keys < 0 ? "" : "+"}${thousands(keys)} ${Math.abs(keys) === 1 ? "key" : "keys"}`;
}
