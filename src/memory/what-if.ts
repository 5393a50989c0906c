import type { MemoryConfig } from "./profiles/index.ts";
import type { Target } from "./target.ts";

/** Settings that decide up to which size values are packed; each is tried at `factor` times what it is. */
export const RAISABLE = {
  "hash-max-listpack-entries": { field: "hashMaxListpackEntries", factor: 2 },
  "hash-max-listpack-value": { field: "hashMaxListpackValue", factor: 2 },
  "set-max-intset-entries": { field: "setMaxIntsetEntries", factor: 8 },
  "set-max-listpack-entries": { field: "setMaxListpackEntries", factor: 2 },
  "set-max-listpack-value": { field: "setMaxListpackValue", factor: 2 },
  "zset-max-listpack-entries": { field: "zsetMaxListpackEntries", factor: 2 },
  "zset-max-listpack-value": { field: "zsetMaxListpackValue", factor: 2 },
} as const satisfies Record<string, { readonly field: keyof MemoryConfig; readonly factor: number }>;

export type RaisableName = keyof typeof RAISABLE;
export const RAISABLE_NAMES = Object.keys(RAISABLE) as RaisableName[];

/** Whether a name is one of these settings. */
export function isRaisable(name: string): name is RaisableName {
  return Object.hasOwn(RAISABLE, name);
}

/** What a setting is raised to. */
export function raisedTo(name: RaisableName, config: MemoryConfig): number {
  const { field, factor } = RAISABLE[name];
  return config[field] * factor;
}

/** A target with all settings of one kind raised: no value needs two of them, as each has one type. */
export function raisedTarget(target: Target, kind: "entries" | "value"): Target {
  const config: Record<string, number> = {};
  for (const name of RAISABLE_NAMES) {
    if (name.endsWith(kind)) config[RAISABLE[name].field] = raisedTo(name, target.config);
  }
  return { ...target, config: { ...target.config, ...config } };
}
