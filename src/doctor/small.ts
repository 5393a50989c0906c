import type { Scope } from "../queries/scope.ts";
import { settingOf } from "./settings.ts";
import type { PatternSums } from "./sums.ts";

/** Whether keys are strings so small that a hash of them would stay a listpack: what buckets are for. */
export function isBucketable(scope: Scope, sums: PatternSums): boolean {
  const { types, keys, payload_bytes: payload, name_bytes: names } = sums;
  return types === "string" && payload - names <= settingOf(scope, "hash-max-listpack-value").now * keys;
}

/** What has to be known before keys become fields, with a space before it; nothing where none of them expires. */
export function ttlCaveat({ keys, keys_without_ttl: without }: PatternSums): string {
  return without === keys
    ? ""
    : " Some have a TTL, which fields of hashes can have only from Redis 7.4 and Valkey 9.0 on (HEXPIRE).";
}
