import { UsageError } from "../errors.ts";
import { nearName } from "../near-names.ts";
import type { MemoryConfig } from "./profiles/index.ts";

interface Setting {
  readonly field: keyof MemoryConfig;
  /** A value of the field; undefined when the text is none. */
  readonly parse: (text: string) => number | boolean | string | undefined;
  readonly expected: string;
}

const count = (field: keyof MemoryConfig): Setting => ({
  field,
  parse: (text) => (/^\d{1,15}$/.test(text) ? Number(text) : undefined),
  expected: "a whole number from 0",
});
const nodeSize = (field: keyof MemoryConfig): Setting => ({
  field,
  parse: (text) => (/^-?\d{1,9}$/.test(text) ? Number(text) : undefined),
  expected: "-1 to -5, or a number of entries",
});
/** Units of memtoull(), util.c, Redis 7.2.6. */
const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1000,
  kb: 1024,
  m: 1e6,
  mb: 1024 ** 2,
  g: 1e9,
  gb: 1024 ** 3,
};
/** What config.c calls a MEMORY_CONFIG. */
const memory = (field: keyof MemoryConfig): Setting => ({
  field,
  parse: (text) => {
    const [, digits, unit] = /^(\d{1,15})([a-z]*)$/i.exec(text) ?? [];
    const factor = UNITS[unit?.toLowerCase() ?? "none"];
    return factor === undefined ? undefined : Number(digits) * factor;
  },
  expected: "a number of bytes such as 64, 4kb or 100mb",
});
const policy = (field: keyof MemoryConfig): Setting => ({
  field,
  parse: (text) => (/^(noeviction|(allkeys|volatile)-[a-z]+)$/i.test(text) ? text.toLowerCase() : undefined),
  expected: "a policy such as allkeys-lru",
});
const yesNo = (field: keyof MemoryConfig): Setting => ({
  field,
  parse: (text) => (/^(yes|no)$/i.test(text) ? text.toLowerCase() === "yes" : undefined),
  expected: "yes or no",
});

/** Directives of redis.conf that change what keys take, by every spelling. A new one: a line here. */
const SETTINGS: Readonly<Record<string, Setting>> = {
  "hash-max-listpack-entries": count("hashMaxListpackEntries"),
  "hash-max-ziplist-entries": count("hashMaxListpackEntries"),
  "hash-max-listpack-value": memory("hashMaxListpackValue"),
  "hash-max-ziplist-value": memory("hashMaxListpackValue"),
  "set-max-intset-entries": count("setMaxIntsetEntries"),
  "set-max-listpack-entries": count("setMaxListpackEntries"),
  "set-max-listpack-value": count("setMaxListpackValue"),
  "zset-max-listpack-entries": count("zsetMaxListpackEntries"),
  "zset-max-ziplist-entries": count("zsetMaxListpackEntries"),
  "zset-max-listpack-value": memory("zsetMaxListpackValue"),
  "zset-max-ziplist-value": memory("zsetMaxListpackValue"),
  "list-max-listpack-size": nodeSize("listMaxListpackSize"),
  "list-max-ziplist-size": nodeSize("listMaxListpackSize"),
  "list-compress-depth": count("listCompressDepth"),
  "cluster-enabled": yesNo("clusterEnabled"),
  maxmemory: memory("maxmemory"),
  "maxmemory-policy": policy("maxmemoryPolicy"),
};

/** Every spelling of every directive that `parseSettings` knows. */
export const SETTING_NAMES: readonly string[] = Object.keys(SETTINGS);

/** Whether a directive, in any case of letters, is one that `parseSettings` knows. */
export function isSetting(name: string): boolean {
  return Object.hasOwn(SETTINGS, name.toLowerCase());
}

/** The spelling of the newest servers for each field. */
function directives(): Map<keyof MemoryConfig, string> {
  const fields = new Map<keyof MemoryConfig, string>();
  for (const [name, { field }] of Object.entries(SETTINGS)) if (!fields.has(field)) fields.set(field, name);
  return fields;
}

function valueText(value: MemoryConfig[keyof MemoryConfig] | undefined): string {
  return typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
}

/** All settings by the directives of redis.conf, in its words. */
export function settingsByDirective(config: MemoryConfig): Record<string, string> {
  return Object.fromEntries([...directives()].map(([field, name]) => [name, valueText(config[field])]));
}

/** The settings in `config` that are not `defaults`, as "directive=value", in the words of the newest servers. */
export function changedSettings(config: Partial<MemoryConfig>, defaults: MemoryConfig): string[] {
  return [...directives()]
    .filter(([field]) => config[field] !== undefined && config[field] !== defaults[field])
    .map(([field, name]) => `${name}=${valueText(config[field])}`);
}

/**
 * Settings by directive name, as redis.conf or CONFIG GET spell them.
 * @throws {UsageError} for a value that is none, and for an unknown name unless `unknown` is "ignore"
 */
export function parseSettings(
  given: Readonly<Record<string, string>>,
  unknown: "refuse" | "ignore" = "refuse",
): Partial<MemoryConfig> {
  const config: Partial<Record<keyof MemoryConfig, number | boolean | string>> = {};
  for (const [name, text] of Object.entries(given)) {
    const setting = isSetting(name) ? SETTINGS[name.toLowerCase()] : undefined;
    if (setting === undefined) {
      if (unknown === "ignore") continue;
      const near = nearName(name, SETTING_NAMES);
      const hint =
        near === undefined ? "it is none of those that change what keys take" : `did you mean ${near}?`;
      throw new UsageError(`unknown setting ${name}: ${hint}`);
    }
    const value = setting.parse(text);
    if (value === undefined) throw new UsageError(`${name}: "${text}" is not ${setting.expected}`);
    config[setting.field] = value;
  }
  return config as Partial<MemoryConfig>;
}
