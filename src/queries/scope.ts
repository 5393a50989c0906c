import { UsageError } from "../errors.ts";
import type { Inventory, SqlParams } from "../inventory/open.ts";
import { keysSql, SNAPSHOT_ID_SHIFT } from "../inventory/schema.ts";
import { filterWords } from "./filter-words.ts";
import { keyRowFilters, nameMatcher, type QuestionFilters, type TtlFilter } from "./filters.ts";
import { ofRow, sampleOf } from "./sampling.ts";
import type { SnapshotRow } from "./snapshots.ts";
import { counted, thousands } from "./words.ts";

/** The number of no snapshot: all of an inventory are meant. */
const FLEET = 0;

/** One snapshot of an inventory, or all of them as if they were one (`fleetScope`), and which of its keys a question is about. */
export interface Scope {
  readonly inventory: Inventory;
  readonly snapshot: SnapshotRow;
  readonly filters: QuestionFilters;
}

/** One snapshot, or all of a fleet. */
export const BY_SNAPSHOT = "(@snapshot IS NULL OR snapshot = @snapshot)";
export const BY_DB = "(@dbs IS NULL OR db IN (SELECT value FROM json_each(@dbs)))";
/** Modules' values have the module's own name as their type; `module` is all of them. */
export const BY_TYPE = `(@types IS NULL OR type IN (SELECT value FROM json_each(@types))
  OR (encoding = 'module' AND 'module' IN (SELECT value FROM json_each(@types))))`;
export const BY_PATTERN = "(@pattern IS NULL OR pattern = @pattern)";

/** Values of every parameter that `tallySource`, `keySource` and `expirySource` mention. */
export function scopeParams({ snapshot, filters }: Scope): SqlParams {
  return {
    snapshot: snapshotParam(snapshot),
    createdAt: snapshot.created_at,
    dbs: filters.dbs ? JSON.stringify(filters.dbs) : null,
    types: filters.types ? JSON.stringify(filters.types) : null,
    pattern: filters.pattern ?? null,
    minBytes: filters.minBytes ?? null,
    maxBytes: finite(filters.maxBytes),
    ...ttlParams(filters.ttl),
  };
}

/** The value of `@snapshot`; null: all of them. */
export function snapshotParam({ snapshot }: SnapshotRow): number | null {
  return snapshot === FLEET ? null : snapshot;
}

/** In SQL, the values of `accuracy` of sizes that are no less than what they say. */
export const AT_LEAST = "'lower bound', 'damaged'";

/** SQL of a relation like the view `rollup`: from the rollup itself where it can tell, else from key rows. */
export function tallySource(scope: Scope): string {
  if (keyRowFilters(scope.filters).length === 0) {
    return `(SELECT * FROM rollup WHERE ${BY_SNAPSHOT} AND ${BY_DB} AND ${BY_TYPE} AND ${BY_PATTERN})`;
  }
  const sums = Object.entries(ROW_SUMS).map(([name, sql]) => `${ofRow(scope, sql)} AS ${name}`);
  const squares = SQUARES.map(([name, sql]) => `iif(weight > 1, ${sql} * ${sql}, 0) AS ${name}`);
  const drawn = sampleOf(scope.snapshot) === undefined ? [] : ["weight", ...squares];
  return `(SELECT snapshot, db, type, encoding, pattern, ${[...sums, ...drawn].join(", ")}, bytes AS max_bytes,
    coalesce(elements, 0) AS max_elements FROM ${keySource(scope)})`;
}

/** In SQL, what one key row adds to each sum of the view `rollup`. */
const ROW_SUMS = {
  keys: "1",
  keys_without_ttl: "(expires_at IS NULL)",
  expired: "expired",
  bytes: "bytes",
  heap_bytes: "heap_bytes",
  expired_bytes: "expired * bytes",
  expired_heap_bytes: "expired * heap_bytes",
  serialized_bytes: "serialized_bytes",
  payload_bytes: "payload_bytes",
  name_bytes: "octet_length(key)",
  elements: "coalesce(elements, 0)",
  lower_bound_keys: `(accuracy IN (${AT_LEAST}))`,
  lower_bound_bytes: `iif(accuracy IN (${AT_LEAST}), bytes, 0)`,
  damaged_keys: "(accuracy = 'damaged')",
};
const SQUARES = [
  ["bytes_squares", "bytes"],
  ["heap_squares", "heap_bytes"],
  ["payload_squares", "payload_bytes"],
] as const;

/** SQL of a relation with when each key of the scope expires, and what it counts: a row a key. */
export function amountSource(scope: Scope): string {
  const isSample = sampleOf(scope.snapshot) !== undefined;
  const drawn = isSample ? ", weight, iif(weight > 1, bytes * bytes, 0) AS bytes_squares" : "";
  return `(SELECT expires_at, pattern, ${ofRow(scope, "1")} AS keys, ${ofRow(scope, "bytes")} AS bytes,
    ${ofRow(scope, `(accuracy IN (${AT_LEAST}))`)} AS lower_bound_keys${drawn} FROM ${keySource(scope)})`;
}

/** SQL of a relation like the view `expiry`; only for scopes that filter by nothing but database and pattern. */
export function expirySource(): string {
  return `(SELECT * FROM expiry WHERE snapshot = @snapshot AND ${BY_DB} AND ${BY_PATTERN})`;
}

/** SQL of a relation like the view `access`, of one measure: from key rows where filters need them. */
export function accessSource(scope: Scope, measure: "freq" | "idle_seconds"): string {
  if (keyRowFilters(scope.filters).length === 0 && scope.filters.types === undefined) {
    return `(SELECT * FROM access WHERE snapshot = @snapshot AND ${BY_DB} AND ${BY_PATTERN} AND measure = '${measure}')`;
  }
  return `(SELECT ${measure} AS at_least, ${ofRow(scope, "1")} AS keys, ${ofRow(scope, "bytes")} AS bytes FROM ${keySource(scope)} WHERE ${measure} IS NOT NULL)`;
}

/**
 * SQL of the rows of the view `keys` that are in the scope.
 * @throws {UsageError} when the inventory holds no row a key.
 */
export function keySource(scope: Scope): string {
  return `(${keysSql(rowSource(scope))})`;
}

/**
 * The same, of the first `@largest` keys alone that have a value in a column of `key_rows`, `by` an order of it: names are
 * looked up for these only.
 */
export function firstKeySource(scope: Scope, column: string, by: string): string {
  const ids = `SELECT id FROM ${rowSource(scope)} WHERE ${column} IS NOT NULL ORDER BY ${by}, id LIMIT @largest`;
  return `(${keysSql(`(SELECT * FROM key_rows WHERE id IN (${ids}))`)})`;
}

/** SQL of the rows of the table `key_rows` that are in the scope: what is asked of names of types and patterns is asked of ids. */
function rowSource(scope: Scope): string {
  requireKeyRows(scope);
  const matches = nameMatcher(scope.filters);
  if (matches) {
    requireNames(scope);
    scope.inventory.define("name_matches", (key) => (matches(key as string | Buffer) ? 1 : 0));
  }
  const conditions = [...keyConditions(scope), ...(matches ? ["name_matches(key)"] : [])];
  return conditions.length === 0 ? "key_rows" : `(SELECT * FROM key_rows WHERE ${conditions.join(" AND ")})`;
}

/** Conditions on key rows, and none that nobody gave: each costs something a row. */
function keyConditions({ inventory, snapshot: { snapshot }, filters }: Scope): string[] {
  const { dbs, types, pattern, minBytes, maxBytes, ttl } = filters;
  const given: [unknown, string][] = [
    [minBytes, "bytes >= @minBytes"],
    [maxBytes === Number.POSITIVE_INFINITY ? undefined : maxBytes, "bytes <= @maxBytes"],
    [dbs, BY_DB],
    [ttl, ttlCondition(ttl)],
    [types, `kind_id IN (SELECT id FROM kinds WHERE ${BY_TYPE})`],
    [pattern, "pattern_id IN (SELECT id FROM pattern_ids WHERE pattern = @pattern)"],
  ];
  const others = inventory.get("SELECT 1 FROM snapshot_rows LIMIT 1 OFFSET 1") !== undefined;
  return [
    ...(others && snapshot !== FLEET
      ? [`id >= ${(snapshot - 1) * SNAPSHOT_ID_SHIFT} AND id < ${snapshot * SNAPSHOT_ID_SHIFT}`]
      : []),
    ...given.flatMap(([value, sql]) => (value === undefined ? [] : [sql])),
  ];
}

/** Whether the inventory holds a row a key of this snapshot. */
export function hasKeyRows({ snapshot }: Scope): boolean {
  return snapshot.stored_rows > 0 || snapshot.keys === 0;
}

/** Rows a key that a question may look at, each of them, and still answer at once. */
const FEW_ROWS = 1_000_000;

/**
 * Whether a question is to be answered from key rows: because a filter asks for them, or because that is `better` than what
 * the aggregates say, and there are so few rows that nobody waits.
 */
export function isAnsweredByRows({ snapshot, filters }: Scope, better: boolean): boolean {
  if (keyRowFilters(filters).length > 0) return true;
  return better && snapshot.stored_rows >= snapshot.keys && snapshot.stored_rows <= FEW_ROWS;
}

/**
 * All snapshots of an inventory as one scope, for questions that sum up.
 * @throws {UsageError} where such a sum would not be what it says
 */
export function fleetScope(scopes: readonly Scope[]): Scope {
  const [{ inventory, filters, snapshot: first }] = scopes as [Scope];
  const all = scopes.map(({ snapshot }) => snapshot);
  if (all.some((one) => sampleOf(one) !== undefined))
    throw new UsageError(
      "--fleet is not for samples: estimates of several add up to none with a known error",
    );
  if ((filters.ttl !== undefined && typeof filters.ttl !== "string") || filters.ttl === "expired")
    throw new UsageError("--fleet cannot be asked with times of --ttl: each snapshot has its own");
  const sum = (of: "keys" | "stored_rows" | "expired_keys") => all.reduce((n, one) => n + one[of], 0);
  const profiles = [...new Set(all.map(({ profile }) => profile))].join(", ");
  const snapshot: SnapshotRow = {
    ...first,
    snapshot: FLEET,
    path: inventory.path,
    keys: sum("keys"),
    stored_rows: sum("stored_rows"),
    expired_keys: sum("expired_keys"),
    profile: profiles,
  };
  return { inventory, filters, snapshot };
}

/** Whether a scope is all snapshots of an inventory. */
export function isFleet({ snapshot }: Scope): boolean {
  return snapshot.snapshot === FLEET;
}

function requireKeyRows(scope: Scope): void {
  if (hasKeyRows(scope)) return;
  const options = keyRowFilters(scope.filters);
  const what = options.length > 0 ? options.join(" and ") : "this question";
  const verb = options.length > 1 ? "need" : "needs";
  throw new UsageError(
    `${what} ${verb} a row a key, and ${scope.inventory.path} holds none; make one that does: ` +
      `rdbscope analyze ${scope.snapshot.path} --keys all`,
  );
}

/** @throws {UsageError} when names are hashed and something else than a hash is looked for */
function requireNames({ inventory, snapshot, filters }: Scope): void {
  const { key, keys = [], notKey } = filters;
  const globs = [key, notKey, ...keys];
  if (snapshot.hashed_names === null || globs.every((one) => one === undefined || /^\^?#/.test(one))) return;
  throw new UsageError(
    `names in ${inventory.path} are hashed: --key and --not-key find hashes there (#…); --pattern finds patterns`,
  );
}

/** Tells that names are not what the server has. */
export const HASHED_NOTE = "names of keys and elements are hashed (--hash-keys)";

/** What the reader of an answer has to know: which keys it is about, and whether these are their names. */
export function scopeNotes(scope: Scope): string[] {
  const hashed = scope.snapshot.hashed_names === null ? [] : [HASHED_NOTE];
  return [...filterNotes(scope), ...rowNotes(scope), ...hashed];
}

function rowNotes({ snapshot, filters }: Scope): string[] {
  if (keyRowFilters(filters).length === 0 || snapshot.stored_rows >= snapshot.keys) return [];
  if (sampleOf(snapshot) !== undefined) return [];
  const stored = `${thousands(snapshot.stored_rows)} of ${counted(snapshot.keys, "key")}`;
  return [`the inventory holds rows for ${stored}: only these were looked at`];
}

/** Which keys an answer is about, where it is not all of the snapshot. */
function filterNotes({ snapshot, filters }: Scope): string[] {
  const asked = filterWords(filters);
  const stored = filterWords(JSON.parse(snapshot.filters || "{}") as QuestionFilters);
  return [
    ...(asked === "" ? [] : [`only keys with ${asked}`]),
    ...(stored === "" ? [] : [`the inventory was made of keys with ${stored} only`]),
  ];
}

function ttlCondition(ttl: TtlFilter | undefined): string {
  if (ttl === undefined) return "1";
  if (ttl === "none") return "expires_at IS NULL";
  if (ttl === "any") return "expires_at IS NOT NULL";
  if (ttl === "expired") return "expires_at <= @createdAt";
  return "expires_at >= @createdAt + @minTtlMs AND (@maxTtlMs IS NULL OR expires_at <= @createdAt + @maxTtlMs)";
}

function ttlParams(ttl: TtlFilter | undefined): SqlParams {
  if (typeof ttl !== "object") return { minTtlMs: null, maxTtlMs: null };
  return { minTtlMs: ttl.min * 1000, maxTtlMs: ttl.max === Number.POSITIVE_INFINITY ? null : ttl.max * 1000 };
}

function finite(value: number | undefined): number | null {
  return value === undefined || value === Number.POSITIVE_INFINITY ? null : value;
}
