import { changedSettings, PROFILES, type ProfileName, parseSettings } from "../memory/index.ts";
import { type CompareOptions, type Comparison, compare, type NamedTarget } from "../pipeline/compare.ts";
import { counted } from "../queries/words.ts";
import { humanBytes } from "../units.ts";
import type { PlanData } from "./data.ts";
import type { Scenario } from "./scenario.ts";
import { holderOf } from "./slots-of-inventory.ts";

/** How a snapshot is read. */
export type ReadOptions = Omit<CompareOptions, "targets" | "filters" | "largest">;

/** What a snapshot holds on the target of each scenario, in their order. */
export interface SnapshotData {
  readonly comparison: Comparison;
  readonly data: readonly PlanData[];
}

/**
 * Sizes a snapshot for all targets in one pass.
 * @throws {RdbError} when it is damaged. @throws {UsageError} for wrong options. @throws {IoError} when it cannot be read
 */
export async function dataOfSnapshot(
  scenarios: readonly Scenario[],
  options: ReadOptions,
): Promise<SnapshotData> {
  const choices = scenarios.map(({ profile, allocator, settings }) =>
    JSON.stringify([profile, allocator, settings]),
  );
  const different = [...new Set(choices)];
  const targets = different.map((choice, i): NamedTarget => {
    const { profile, allocator, settings } = scenarios[choices.indexOf(choice)]!;
    return { name: String(i), profile, allocator, settings };
  });
  const growing = scenarios.flatMap(({ growth_by_pattern: own = {} }) => Object.keys(own));
  const comparison = await compare({ ...options, targets, largest: 1, slotsOf: [...new Set(growing)] });
  const data = choices.map((choice, i) =>
    dataOf(comparison, String(different.indexOf(choice)), scenarios[i]!.profile !== undefined),
  );
  return { comparison, data };
}

function dataOf(comparison: Comparison, name: string, isChosen: boolean): PlanData {
  const at = comparison.targets.findIndex((target) => target.name === name);
  const target = comparison.targets[at]!;
  const used = target.used_memory!;
  const {
    patterns,
    pattern_slots: bySlot,
    cannot_load: cannot,
    nearest_profile: nearest,
  } = comparison.details!;
  const profile = target.profile as ProfileName;
  const config = parseSettings(target.settings);
  const bytes = comparison.slots.heap_bytes[at]!;
  const { lower_bound_keys: floors, lower_bound_bytes: known } = target;
  return {
    path: comparison.path,
    created_at: comparison.created_at,
    target: {
      profile,
      allocator: target.allocator as PlanData["target"]["allocator"],
      config,
      loadedAt: comparison.created_at,
    },
    profile_measured: target.profile_measured,
    settings: changedSettings(config, PROFILES[profile].config),
    keys: comparison.databases.reduce((sum, { keys }) => sum + keys, 0),
    key_bytes: used.key_bytes,
    table_bytes: used.table_bytes,
    function_bytes: used.function_bytes,
    baseline_bytes: used.baseline_bytes,
    databases: comparison.databases,
    patterns: patterns.map(({ pattern, keys, heap_bytes: heap }) => ({
      pattern,
      keys,
      heap_bytes: heap[at]!,
    })),
    largest_key: target.heaviest_key,
    slots: {
      keys: comparison.slots.keys,
      bytes,
      holders: holderOf(target.heaviest_key, bytes, comparison.hashed_names === null),
      by_heap: true,
      patterns:
        bySlot &&
        new Map(
          bySlot.map(({ pattern, slots, keys, heap_bytes: heap }) => [
            pattern,
            { slots, keys, bytes: heap[at]! },
          ]),
        ),
    },
    cannot_load: cannot[at]!,
    notes: [
      ...(isChosen || nearest === null ? [] : [nearest]),
      ...comparison.warnings.filter(({ code }) => code !== "NEWER_THAN_SERVER").map(({ message }) => message),
      ...(floors > 0
        ? [
            `on ${profile}, the sizes of ${counted(floors, "key")} (${humanBytes(known)}) are lower bounds: not all of it is known`,
          ]
        : []),
    ],
  };
}
