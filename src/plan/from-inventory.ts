import { UsageError } from "../errors.ts";
import { type MemoryConfig, profileOf, targetOf } from "../memory/index.ts";
import { specOfStored } from "../pipeline/target-choice.ts";
import { memory, settingsChanged } from "../queries/memory.ts";
import { notesOf } from "../queries/notes.ts";
import { firstKeySource, hasKeyRows, type Scope, scopeParams, tallySource } from "../queries/scope.ts";
import type { LargestKey, PatternLoad, PlanData, PlanDatabase } from "./data.ts";
import type { Scenario } from "./scenario.ts";
import { slotsOfInventory } from "./slots-of-inventory.ts";

/** Of the keys that a server would load. */
const PATTERNS = (source: string) =>
  `SELECT pattern, sum(keys - expired) AS keys, sum(heap_bytes - expired_heap_bytes) AS heap_bytes FROM ${source} GROUP BY pattern`;
const TOO_NEW = `SELECT message FROM warnings WHERE snapshot = @snapshot AND code = 'NEWER_THAN_SERVER'`;
const DATABASES = `SELECT db, loaded_keys AS keys, loaded_expires AS expires FROM databases WHERE snapshot = @snapshot ORDER BY db`;
/** Inventories without rows have keys ranked by MEMORY USAGE alone, which is near. */
const RANKED = `SELECT db, key, bytes AS heap_bytes FROM big_keys
  WHERE snapshot = @snapshot AND ranked_by = 'bytes' AND (expires_at IS NULL OR expires_at > @createdAt) ORDER BY bytes DESC LIMIT 1`;

/**
 * What an inventory says of its data.
 * @throws {UsageError} where it was made of a part of the keys, was salvaged, or is for another server than the scenario is about
 */
export function dataOfInventory(scope: Scope, scenario: Scenario): PlanData {
  const { inventory, snapshot } = scope;
  const target = specOfStored(snapshot, {});
  checkTarget(scope, scenario);
  const row = memory(scope);
  if (row === undefined)
    throw new UsageError(`${inventory.path} was made of a part of the keys: a plan is made of all`);
  if (snapshot.salvaged === 1)
    throw new UsageError(
      `${inventory.path} was salvaged of a damaged snapshot (${snapshot.path}), and keys of it are lost: a plan is made of all; plan an undamaged snapshot`,
    );
  const params = scopeParams(scope);
  const databases = inventory.all<PlanDatabase>(DATABASES, {
    snapshot: snapshot.snapshot,
  });
  const keys = databases.reduce((sum, { keys }) => sum + keys, 0);
  const cannot =
    inventory.get<{ message: string }>(TOO_NEW, { snapshot: snapshot.snapshot })?.message ?? null;
  const largest = inventory.get<LargestKey>(largestSql(scope), { ...params, largest: 1 }) ?? null;
  return {
    path: snapshot.path,
    created_at: snapshot.created_at,
    target,
    profile_measured: snapshot.profile_measured === 1,
    settings: settingsChanged(snapshot),
    keys,
    key_bytes: row.key_bytes,
    table_bytes: row.table_bytes,
    function_bytes: row.function_bytes,
    baseline_bytes: row.baseline_bytes,
    databases,
    patterns: inventory.all<PatternLoad>(PATTERNS(tallySource(scope)), params),
    largest_key: largest,
    slots: slotsOfInventory(
      scope,
      { keys, bytes: row.key_bytes },
      largest,
      Object.keys(scenario.growth_by_pattern ?? {}),
    ),
    cannot_load: cannot,
    notes: notesOf(scope).filter((note) => note !== cannot),
  };
}

function largestSql(scope: Scope): string {
  if (!hasKeyRows(scope)) return RANKED;
  const loaded = "iif(expires_at IS NULL OR expires_at > @createdAt, heap_bytes, -1)";
  return `SELECT db, key, heap_bytes FROM ${firstKeySource(scope, "heap_bytes", `${loaded} DESC`)}`;
}

/** An inventory knows one target: for others only the snapshot can tell. */
function checkTarget({ inventory, snapshot }: Scope, scenario: Scenario): void {
  const { profile, allocator, settings } = scenario;
  const stored = specOfStored(snapshot, {});
  const wanted = specOfStored(snapshot, { profile, allocator, settings });
  const config = (spec: typeof stored): MemoryConfig => targetOf({ ...spec, loadedAt: 0 }).config;
  const field = (["profile", "allocator"] as const).find((name) => wanted[name] !== stored[name]);
  const same =
    JSON.stringify(Object.entries(config(wanted)).sort()) ===
    JSON.stringify(Object.entries(config(stored)).sort());
  if (field === undefined && same) return;
  const made = `${inventory.path} was made for ${profileOf(stored).name} with ${stored.allocator}`;
  scenario.fail(
    field ?? "settings",
    `${made}${field === undefined ? " and other settings" : ""}: for another target plan reads the snapshot (${snapshot.path})`,
  );
}
