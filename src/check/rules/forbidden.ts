import { keySource } from "../../queries/scope.ts";
import { counted } from "../../queries/words.ts";
import { humanBytes } from "../../units.ts";
import { mayStandFor } from "../overlap.ts";
import { type Context, type Found, type Outcome, ruleKind, violation } from "../rule.ts";
import { chosen, exampleKeys, needsOf, patternMatcher, SELECT, type Select, sumsOf } from "../select.ts";

/** Keys that are not to be there. */
export const forbidden = ruleKind({
  id: "forbidden",
  looksFor: "keys that must not be there, by pattern, name, type or database",
  fields: SELECT,
  oneOf: ["pattern", "key", "type", "db"],
  needs: needsOf,
  prefersRows: true,
  check: (context, fields, found) =>
    fields.key === undefined ? byPattern(context, fields, found) : byName(context, fields, found),
});

/** Each key by its name. */
function byName({ scope }: Context, fields: Select, found: (one: Found) => void): Outcome {
  const { scope: own, condition, params } = chosen(scope, fields);
  const rows = own.inventory.iterate<{ db: number; key: string | Buffer; bytes: number; type: string }>(
    `SELECT db, key, bytes, type FROM ${keySource(own)} WHERE ${condition}`,
    params,
  );
  let keys = 0;
  for (const { db, key, bytes, type } of rows) {
    keys++;
    const detail = `${type} of ${humanBytes(bytes)}`;
    const what = "a forbidden key";
    found(violation({ about: "key", name: key, db, what, field: "key", detail, rank: bytes }));
  }
  return { measured: `${counted(keys, "forbidden key")}` };
}

/** All keys of a pattern at once. */
function byPattern({ scope }: Context, fields: Select, found: (one: Found) => void): Outcome {
  const groups = sumsOf(scope, { ...fields, each: "pattern" });
  const field = fields.pattern !== undefined ? "pattern" : fields.type !== undefined ? "type" : "db";
  for (const { name, keys, bytes } of groups) {
    found(
      violation({
        about: "pattern",
        name,
        what: keys === 1 ? "forbidden key" : "forbidden keys",
        value: keys,
        field,
        detail: humanBytes(bytes),
        examples: () => exampleKeys(chosen(scope, fields), "pattern = @name", { name }),
      }),
    );
  }
  const keys = groups.reduce((sum, one) => sum + one.keys, 0);
  return { measured: counted(keys, "forbidden key"), notes: hiddenNotes(scope, fields) };
}

/** What patterns do not tell: keys of others may have such names, too. */
function hiddenNotes(scope: Context["scope"], { pattern: globs, ...others }: Select): string[] {
  if (globs === undefined) return [];
  const matches = patternMatcher(globs);
  const isHashed = scope.snapshot.hashed_names !== null;
  const hidden = sumsOf(scope, { ...others, each: "pattern" }).filter(({ name }) => {
    if (matches(name!)) return false;
    return (isHashed && name!.startsWith("#")) || globs.some((glob) => mayStandFor(glob, name!));
  });
  if (hidden.length === 0) return [];
  const keys = counted(
    hidden.reduce((sum, one) => sum + one.keys, 0),
    "key",
  );
  const most = hidden.slice(0, 3).map(({ name }) => name);
  return [
    `${keys} of ${counted(hidden.length, "other pattern")} may have such names, too (${most.join(", ")}): \`key\` in place of \`pattern\` looks at each name`,
  ];
}
