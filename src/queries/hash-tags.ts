import { grouped } from "./groups.ts";
import { ofRow } from "./sampling.ts";
import { keySource, type Scope, scopeParams } from "./scope.ts";
import type { SlotAmount } from "./slots.ts";

/** What the keys of one hash tag in a slot take. */
export interface HashTagRow {
  readonly slot: number;
  readonly hash_tag: string | Buffer;
  readonly keys: number;
  readonly bytes: number;
}

/** Keys with braces that stand for a tag: one that opens, and with something between, one that closes. */
const SQL = (scope: Scope) => `
  WITH braced AS MATERIALIZED (SELECT slot, key, ${ofRow(scope, "bytes")} AS bytes, ${ofRow(scope, "1")} AS keys, instr(key, iif(typeof(key) = 'text', '{', x'7b')) AS opened FROM ${keySource(scope)}
    WHERE slot IN (SELECT value FROM json_each(@slots))),
  opening AS (SELECT slot, keys, bytes, substr(key, opened + 1) AS name FROM braced WHERE opened > 0),
  closed AS (SELECT slot, keys, bytes, name, instr(name, iif(typeof(name) = 'text', '}', x'7d')) AS length FROM opening)
  SELECT slot, substr(name, 1, length - 1) AS hash_tag, sum(keys) AS keys, sum(bytes) AS bytes FROM closed
  WHERE length > 1 GROUP BY slot, hash_tag ORDER BY slot, bytes DESC, hash_tag`;

/** The hash tag with the most memory of each of these slots that has one. Tags as keyHashSlot(), cluster.c, finds them. */
export function hashTags(scope: Scope, slots: readonly SlotAmount[]): Map<number, HashTagRow> {
  const params = { ...scopeParams(scope), slots: JSON.stringify(slots.map(({ slot }) => slot)) };
  const rows = scope.inventory.all<HashTagRow>(SQL(scope), params);
  return new Map([...grouped(rows, ({ slot }) => slot)].map(([slot, [biggest]]) => [slot, biggest!]));
}
