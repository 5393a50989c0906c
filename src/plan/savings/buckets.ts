import { type Entry, isPrefixed, sizeBuckets } from "../../doctor/buckets.ts";
import { packing } from "../../doctor/settings.ts";
import { type PatternSums, patternSums } from "../../doctor/sums.ts";
import { keySource, type Scope, scopeParams } from "../../queries/scope.ts";
import { thousands } from "../../queries/words.ts";
import { hasNames, type SavingKind } from "./saving.ts";

const LEAST_KEYS = 100;
/** Value and name together, on average. */
const SMALL_BYTES = 100;
/** No value is longer: what `sizeBuckets` takes. */
const LONGEST_VALUE = 4096;
const FIELDS = 100;
/** Keys of a pattern that are sized as fields: databases have them in no order, so that they stand for all. */
const MAX_SIZED = 200_000;

const ROWS = (
  scope: Scope,
) => `SELECT db, key, largest_element_bytes AS length, encoding = 'int' AS is_int, heap_bytes
  FROM ${keySource(scope)} WHERE pattern = @of LIMIT ${MAX_SIZED}`;

interface KeyRow {
  readonly db: number;
  readonly key: string | Buffer;
  readonly length: number;
  readonly is_int: number;
  readonly heap_bytes: number;
}

/** Small strings that never expire, as fields of hashes. */
export const buckets: SavingKind = {
  kind: "hash buckets",
  needsRows: true,
  find: ({ scope }) =>
    hasNames(scope)
      ? patternSums(scope)
          .filter(isSmall)
          .map((sums) => bucketed(scope, sums))
      : [],
};

function isSmall({ types, keys, keys_without_ttl: without, ...sums }: PatternSums): boolean {
  return (
    types === "string" &&
    keys >= LEAST_KEYS &&
    without === keys &&
    sums.payload_bytes <= SMALL_BYTES * keys &&
    sums.max_bytes <= LONGEST_VALUE &&
    isPrefixed(sums.pattern)
  );
}

function bucketed(scope: Scope, { pattern, keys }: PatternSums) {
  const prefix = pattern.slice(0, -1);
  const byDb = new Map<number, { entries: Entry[]; heapBytes: number }>();
  let sized = 0;
  for (const row of scope.inventory.iterate<KeyRow>(ROWS(scope), { ...scopeParams(scope), of: pattern })) {
    const own = byDb.get(row.db) ?? { entries: [], heapBytes: 0 };
    byDb.set(row.db, own);
    const name = String(row.key);
    const field = name.startsWith(prefix) ? name.slice(prefix.length) : name;
    own.entries.push({ field, valueBytes: row.length, isInteger: row.is_int === 1 });
    own.heapBytes += row.heap_bytes;
    sized++;
  }
  const times = keys / sized;
  const change = [...byDb].map(([db, { entries, heapBytes }]) => {
    const made = sizeBuckets(scope.snapshot, entries, FIELDS, prefix.length);
    return {
      pattern,
      db,
      heap_bytes: Math.round((heapBytes - made.heapBytes) * times),
      keys: Math.round((entries.length - made.count) * times),
      expires: 0,
    };
  });
  const part = sized < keys ? ` (of ${thousands(sized)} keys, times ${times.toFixed(2)})` : "";
  return {
    kind: "hash buckets",
    what: pattern,
    keys,
    change,
    basis: `estimate: each value sized as a field of hashes of some ${FIELDS} fields, give or take a byte where it is an integer${part}`,
    cost: `code: HSET and HGET in place of SET and GET; no TTL of its own before Redis 7.4 and Valkey 9.0; CPU: each command walks over a ${packing(scope)}`,
  };
}
