import { ROWS_LOOKED_AT } from "../doctor/examples.ts";
import type { SqlParams } from "../inventory/open.ts";
import { byteString, globToRegExp } from "../patterns/index.ts";
import { LOWER_BOUND_SUMS, type LowerBounds } from "../queries/lower-bounds.ts";
import { hasKeyRows, keySource, type Scope, scopeParams, tallySource } from "../queries/scope.ts";
import { choice, count, databases, globs, types } from "../yaml/fields.ts";
import type { Need } from "./rule.ts";

/** Fields that choose keys: all that are given must hold. */
export const SELECT = {
  pattern: globs(
    "Only keys of these patterns: globs over patterns as `rdbscope patterns` prints them.",
  ).optional(),
  key: globs(
    "Only keys with these names: globs as Redis has them (SCAN … MATCH). Needs a row a key.",
  ).optional(),
  type: types("Only keys of these types, as TYPE answers.").optional(),
  db: databases("Only keys of these databases.").optional(),
};

export interface Select {
  readonly pattern?: readonly string[] | undefined;
  readonly key?: readonly string[] | undefined;
  readonly type?: readonly string[] | undefined;
  readonly db?: readonly number[] | undefined;
}

/** What groups are made of. */
const EACH = ["pattern", "type", "encoding", "db"] as const;
export type Each = (typeof EACH)[number];

/** Fields of rules that can look at each group apart. */
export const GROUPS = {
  each: choice(EACH, "Look at each of these apart, in place of all chosen keys together.").optional(),
  ignore_below_keys: count("Leave out what has fewer keys.").optional(),
};

/** What a choice of keys cannot do without. */
export function needsOf({ key }: Select): Need[] {
  if (key === undefined) return [];
  return key.every((glob) => glob.startsWith("#")) ? ["rows"] : ["rows", "names"];
}

/** Tells whether a pattern is one of those that globs mean: it matches one, or is spelt the same. */
export function patternMatcher(wanted: readonly string[]): (pattern: string) => boolean {
  const compiled = wanted.map(globToRegExp);
  return (pattern) => wanted.includes(pattern) || compiled.some((glob) => glob.test(byteString(pattern)));
}

/** What a choice is about as a policy has it: its globs, types and databases. */
export function choiceNames({ pattern = [], key = [], type = [], db = [] }: Select): string[] {
  return [...pattern, ...key, ...type, ...db.map(String)];
}

/** A choice of keys in words: "all keys", "keys of pattern session:* and type hash". */
export function choiceText({ pattern, key, type, db }: Select): string {
  const fields = Object.entries({ pattern, name: key, type, database: db });
  const given = fields.flatMap(([field, list]) =>
    list === undefined ? [] : `${field} ${list.join(" or ")}`,
  );
  return given.length === 0 ? "all keys" : `keys of ${given.join(" and ")}`;
}

/** Keys that fields chose: a scope, and a condition on patterns for what is asked of its sources. */
export interface Chosen {
  readonly scope: Scope;
  /** SQL of a condition on the column `pattern`. */
  readonly condition: string;
  /** Values for what the scope's sources and the condition mention. */
  readonly params: SqlParams;
}

/** Finds out which keys the fields choose. */
export function chosen({ inventory, snapshot, filters }: Scope, { pattern, key, type, db }: Select): Chosen {
  const scope: Scope = {
    inventory,
    snapshot,
    filters: { ...filters, types: type, dbs: db, ...(key !== undefined && { keys: key }) },
  };
  if (pattern === undefined) return { scope, condition: "1", params: scopeParams(scope) };
  const all = inventory.all<{ pattern: string }>("SELECT DISTINCT pattern FROM pattern_ids");
  const matching = all.map((one) => one.pattern).filter(patternMatcher(pattern));
  return {
    scope,
    condition: "pattern IN (SELECT value FROM json_each(@patterns))",
    params: { ...scopeParams(scope), patterns: JSON.stringify(matching) },
  };
}

/** What chosen keys add up to, all or those of a group. */
export interface GroupSums extends LowerBounds {
  /** Null: all of them. */
  readonly name: string | null;
  readonly keys: number;
  readonly keys_without_ttl: number;
  readonly expired: number;
  readonly bytes: number;
  readonly payload_bytes: number;
  readonly max_bytes: number;
}

/** In SQL, the name of each group. */
const NAMES: Readonly<Record<Each, string>> = {
  pattern: "pattern",
  type: "type",
  encoding: "type || ' ' || encoding",
  db: "CAST(db AS TEXT)",
};

/** Sums of the keys that the fields choose, in one row, or a row a group, that with most memory first. */
export function sumsOf(
  scope: Scope,
  fields: Select & { readonly each?: Each | undefined; readonly ignore_below_keys?: number | undefined },
): GroupSums[] {
  const { scope: own, condition, params } = chosen(scope, fields);
  const { each, ignore_below_keys: least = 0 } = fields;
  const rows = own.inventory.all<GroupSums>(
    `SELECT ${each === undefined ? "NULL" : NAMES[each]} AS name, coalesce(sum(keys), 0) AS keys,
       coalesce(sum(keys_without_ttl), 0) AS keys_without_ttl, coalesce(sum(expired), 0) AS expired,
       coalesce(sum(bytes), 0) AS bytes, coalesce(sum(payload_bytes), 0) AS payload_bytes,
       coalesce(max(max_bytes), 0) AS max_bytes, ${LOWER_BOUND_SUMS}
     FROM ${tallySource(own)} WHERE ${condition}${each === undefined ? "" : " GROUP BY 1 ORDER BY bytes DESC, name"}`,
    params,
  );
  return rows.filter(({ keys }) => keys >= least);
}

/** Told where a rule had nothing to look at: its choice may be misspelt. */
export function emptyNotes(keys: number): string[] {
  return keys === 0 ? ["no key is chosen: it holds because there is nothing to look at"] : [];
}

/** In SQL, that a row of `keys` or `big_keys` is of the group called `@name`. */
export function groupCondition(each: Each | undefined): string {
  return each === undefined ? "1" : `${NAMES[each]} = @name`;
}

const EXAMPLES = 3;

/** Some of the chosen keys that meet a condition in SQL of the columns of `keys`, as far as they are found quickly. */
export function exampleKeys(
  { scope, condition, params }: Chosen,
  meets: string,
  more: SqlParams = {},
): (string | Buffer)[] {
  if (!hasKeyRows(scope)) return [];
  return scope.inventory
    .all<{ key: string | Buffer }>(
      `SELECT key FROM (SELECT * FROM ${keySource(scope)} LIMIT ${ROWS_LOOKED_AT})
       WHERE ${condition} AND ${meets} LIMIT ${EXAMPLES}`,
      { ...params, ...more },
    )
    .map(({ key }) => key);
}
