import { UsageError } from "../errors.ts";

/** What INFO said, by field name. */
export type Info = ReadonlyMap<string, string>;

/** Field that every server's INFO has had since there were sections. */
const KNOWN_FIELD = "used_memory";

/** Fields that are read as numbers: an INFO where one of them is something else was not made by a server. */
const NUMBERS = [
  KNOWN_FIELD,
  "used_memory_rss",
  "used_memory_peak",
  "mem_fragmentation_ratio",
  "maxmemory",
  "total_system_memory",
  "evicted_keys",
  "keyspace_hits",
  "keyspace_misses",
  "mem_clients_normal",
  "mem_clients_slaves",
  "mem_total_replication_buffers",
  "mem_aof_buffer",
  "aof_buffer_length",
  "server_time_usec",
] as const;
type NumberField = (typeof NUMBERS)[number];

const NUMBER = /^-?\d+(?:\.\d+)?$/;
/** What servers print of a division by zero: no number is known. */
const NO_NUMBER = /^-?(?:nan|inf)$/i;

/** Characters of a wrong value that are told. */
const MAX_TOLD = 40;

/** A field that a rule cannot do without. */
export interface InfoField {
  /** What servers call it: any of these will do. */
  readonly names: readonly string[];
  /** Where it is needed only for some values of others. */
  readonly when?: (info: Info) => boolean;
}

/** Those fields that a rule needs and INFO does not have, each by all its names. */
export function lackingFields(info: Info, fields: readonly InfoField[]): string[] {
  return fields
    .filter(({ names, when }) => !names.some((name) => info.has(name)) && (when === undefined || when(info)))
    .map(({ names }) => names.join(" or "));
}

/**
 * Reads a saved answer of INFO; `path` is what messages call it. Fields without a value are as if they were not there.
 * @throws {UsageError} when it does not say how much memory is used, or has something else where a number has to be
 */
export function parseInfo(text: string, path: string): Info {
  const info = new Map<string, string>();
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const [, name, value] = /^([A-Za-z][\w-]*):(.*)$/.exec(line.trim()) ?? [];
    if (name === undefined || value === "" || !isKnown(name, value!, `${path}, line ${i + 1}`)) continue;
    info.set(name, value!);
  }
  if (info.has(KNOWN_FIELD)) return info;
  throw new UsageError(`${path} has no ${KNOWN_FIELD}: save a whole INFO, as redis-cli INFO > info.txt does`);
}

/** @throws {UsageError} for a value that has to be a number and is none; `where` it stands */
function isKnown(name: string, value: string, where: string): boolean {
  if (!(NUMBERS as readonly string[]).includes(name) || NUMBER.test(value)) return true;
  if (NO_NUMBER.test(value)) return false;
  throw new UsageError(
    `${where}: ${name} is not a number: ${JSON.stringify(value.slice(0, MAX_TOLD))}: save INFO as the server sends it`,
  );
}

/** A field's number; undefined when the server does not have it. */
export function infoNumber(info: Info, name: NumberField): number | undefined {
  const text = info.get(name);
  return text === undefined ? undefined : Number(text);
}
