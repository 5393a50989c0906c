import { hasKeyRows, keySource, type Scope, scopeParams } from "../../queries/scope.ts";
import { counted, thousands } from "../../queries/words.ts";
import { type Entry, isPrefixed, sizeBuckets } from "../buckets.ts";
import { costText } from "../cost.ts";
import { finding, rule } from "../rule.ts";
import { packing, settingOf } from "../settings.ts";
import { type PatternSums, patternSums } from "../sums.ts";

/** Keys of a pattern that are sized as fields: databases have them in no order, so that they stand for all. */
const MAX_SIZED = 200_000;
const rowsSql = (
  scope: Scope,
) => `SELECT key, largest_element_bytes AS length, encoding = 'int' AS is_int, bytes, heap_bytes
  FROM ${keySource(scope)} WHERE pattern = @of LIMIT ${MAX_SIZED}`;

interface KeyRow {
  readonly key: string | Buffer;
  readonly length: number;
  readonly is_int: number;
  readonly bytes: number;
  readonly heap_bytes: number;
}

/** Many small strings that never expire, each a key of its own. */
export const tinyKeys = rule({
  id: "tiny-keys",
  looksFor: "many small strings without TTL that would take less as fields of hashes",
  needs: ["rows"],
  thresholds: { min_keys: 1000, average_payload_bytes: 100, fields: 100, saving_share: 0.2 },
  find(scope, { min_keys: least, average_payload_bytes: small, fields, saving_share: limit }) {
    return patternSums(scope)
      .filter(
        ({ types, keys, keys_without_ttl: without }) =>
          types === "string" && keys >= least && without === keys,
      )
      .filter(({ keys, payload_bytes: payload, pattern }) => payload <= small * keys && isPrefixed(pattern))
      .flatMap((sums) => {
        const saving = savingOf(scope, sums, fields);
        return saving === undefined || saving.heapBytes < limit * sums.heap_bytes
          ? []
          : [told(scope, sums, saving)];
      });
  },
});

interface Saving {
  readonly bytes: number;
  readonly heapBytes: number;
  readonly buckets: number;
  readonly fields: number;
  /** Keys that were sized, of all. */
  readonly sized: number;
}

function savingOf(scope: Scope, { pattern, keys }: PatternSums, fields: number): Saving | undefined {
  if (!hasKeyRows(scope) || scope.snapshot.hashed_names !== null) return undefined;
  const prefix = pattern.slice(0, -1);
  const entries: Entry[] = [];
  let [bytes, heapBytes] = [0, 0];
  for (const row of scope.inventory.iterate<KeyRow>(rowsSql(scope), { ...scopeParams(scope), of: pattern })) {
    const name = String(row.key);
    const field = name.startsWith(prefix) ? name.slice(prefix.length) : name;
    entries.push({ field, valueBytes: Math.min(4096, row.length), isInteger: row.is_int === 1 });
    bytes += row.bytes;
    heapBytes += row.heap_bytes;
  }
  const buckets = sizeBuckets(scope.snapshot, entries, fields, prefix.length);
  const times = keys / entries.length;
  return {
    bytes: Math.round((bytes - buckets.bytes) * times),
    heapBytes: Math.round((heapBytes - buckets.heapBytes) * times),
    buckets: Math.round(buckets.count * times),
    fields,
    sized: entries.length,
  };
}

function told(scope: Scope, { pattern, keys, bytes, heap_bytes: heap }: PatternSums, saving: Saving) {
  const prefix = pattern.slice(0, -1);
  const { sized, buckets, fields } = saving;
  const basis = sized < keys ? `; estimated from ${thousands(sized)} of them` : "";
  return finding({
    severity: "info",
    title: `${pattern}: ${counted(keys, "small string")}, each a key of its own`,
    pattern,
    evidence: [
      `They take ${costText(heap, bytes)}, ${Math.round(heap / keys)} bytes a key; as fields of ${thousands(buckets)} hashes of some ${fields} fields they would take ${costText(heap - saving.heapBytes, bytes - saving.bytes)} (give or take a byte a key that is an integer${basis}).`,
    ],
    figures: { keys, bytes, heap_bytes: heap, buckets, fields, sized_keys: sized },
    saving_bytes: saving.bytes,
    saving_heap_bytes: saving.heapBytes,
    advice: [
      `HSET ${prefix}{bucket} id value, with bucket = crc32(id) % ${buckets}; HGET reads one. Hashes of up to ${settingOf(scope, "hash-max-listpack-entries").directive} fields are ${packing(scope)}s.`,
      "Fields have no TTL of their own before Redis 7.4 and Valkey 9.0, and a hash stands in one slot.",
    ],
  });
}
