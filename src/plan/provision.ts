import type { Info } from "../doctor/info.ts";
import { counted } from "../queries/words.ts";
import { humanBytes, humanShare } from "../units.ts";
import type { ShardLoad } from "./data.ts";
import { type Fragmentation, fragmentationOf } from "./fragmentation.ts";
import {
  BACKLOG_SHARE,
  CLIENT_BUFFERS,
  MAX_BACKLOG,
  PAGE_BYTES,
  QUERY_BUFFER,
  SCRIPT_BYTES,
} from "./rules-of-thumb.ts";
import type { Scenario } from "./scenario.ts";

/** What a term is worth: what the memory model says, what somebody gave, what INFO said, or a rule of thumb. */
export type Basis = "memory model" | "given" | "INFO" | "rule of thumb";

/** One addend of what a shard needs. */
export interface Term {
  readonly term: string;
  readonly bytes: number;
  /** With the values that went into it. */
  readonly formula: string;
  readonly basis: Basis;
  /** Whether the server counts it against maxmemory. */
  readonly counted: boolean;
}

/** What one shard needs. */
export interface Provision {
  readonly load: ShardLoad;
  readonly fragmentation: Fragmentation;
  readonly terms: readonly Term[];
  /** (data × fragmentation + replication + operation) × (1 + safety). */
  readonly provisioned: number;
  /** What the server holds against maxmemory. */
  readonly counted: number;
  /** Memory of a machine that has both: what is provisioned, and room for what is counted in its maxmemory. */
  readonly machine_bytes: number;
}

/**
 * What a shard with this load needs. `baseline`: used_memory of the empty server; `objectBytes`: what a key with its value takes on
 * average, of all the data.
 */
export function provision(
  load: ShardLoad,
  baseline: number,
  scenario: Scenario,
  info: Info | undefined,
  objectBytes = averageObject(load),
): Provision {
  const fragmentation = fragmentationOf(scenario, objectBytes, info);
  const before = [
    ...dataTerms(load, fragmentation),
    ...replication(load.bytes, scenario),
    ...operation(scenario),
  ];
  const sum = before.reduce((total, { bytes }) => total + bytes, 0);
  const safety: Term = {
    term: "safety",
    bytes: sum * scenario.safety,
    formula: `${humanShare(scenario.safety)} of ${humanBytes(sum)}`,
    basis: "given",
    counted: false,
  };
  const held = before.reduce((total, one) => total + (one.counted ? one.bytes : 0), baseline);
  const provisioned = sum + safety.bytes;
  return {
    load,
    fragmentation,
    terms: [...before, safety],
    provisioned,
    counted: held,
    machine_bytes: Math.max(provisioned, held / scenario.maxmemory_share),
  };
}

/** What a key with its value takes on average, with its part of the tables. */
export function averageObject({ bytes, keys }: Pick<ShardLoad, "bytes" | "keys">): number {
  return keys > 0 ? bytes / keys : 0;
}

function dataTerms(
  { bytes, key_bytes: keys, table_bytes: tables, function_bytes: functions }: ShardLoad,
  { ratio, formula, basis }: Fragmentation,
): Term[] {
  const parts = [
    `keys ${humanBytes(keys)}`,
    `tables ${humanBytes(tables)}`,
    ...(functions > 0 ? [`functions ${humanBytes(functions)}`] : []),
  ];
  return [
    { term: "data", bytes, formula: parts.join(" + "), basis: "memory model", counted: true },
    {
      term: "fragmentation",
      bytes: bytes * (ratio - 1),
      formula: `${humanBytes(bytes)} × (${Number(ratio.toFixed(5))} - 1); ${formula}`,
      basis,
      counted: false,
    },
  ];
}

function replication(data: number, scenario: Scenario): Term[] {
  const { replicas, sync, replica_buffer: buffer, backlog, bgsave } = scenario;
  const terms: Term[] = [];
  if (replicas > 0) {
    const formula = `${counted(replicas, "replica")} × ${humanBytes(buffer)}`;
    terms.push({
      term: "replica buffers",
      bytes: replicas * buffer,
      formula,
      basis: "rule of thumb",
      counted: false,
    });
  }
  if (replicas > 0 && sync !== "full") {
    const rule = Math.min(BACKLOG_SHARE * data, MAX_BACKLOG);
    terms.push({
      term: "backlog",
      bytes: backlog ?? rule,
      formula: backlog === undefined ? `1% of ${humanBytes(data)}, 1G at most` : "repl-backlog-size",
      basis: backlog === undefined ? "rule of thumb" : "given",
      counted: true,
    });
  }
  const copies = (replicas > 0 && sync !== "partial") || bgsave;
  return copies ? [...terms, copyOnWrite(data, scenario)] : terms;
}

/** Pages that are written while the forked process saves are there twice. */
function copyOnWrite(data: number, scenario: Scenario): Term {
  const { copy_on_write: share, writes_per_second: writes, save_bytes_per_second: speed } = scenario;
  const common = { term: "copy on write", basis: "rule of thumb", counted: false } as const;
  if (writes === undefined) {
    return { ...common, bytes: data * share, formula: `${humanShare(share)} of ${humanBytes(data)}` };
  }
  const seconds = data / Math.max(1, speed);
  const pages = data / PAGE_BYTES;
  const touched = pages === 0 ? 0 : pages * (1 - Math.exp((-writes * seconds) / pages));
  return {
    ...common,
    bytes: touched * PAGE_BYTES,
    formula: `pages of 4K hit by ${writes} writes/s in ${seconds.toFixed(1)} s (${humanBytes(data)} at ${humanBytes(speed)}/s)`,
  };
}

function operation({ clients, pipeline, scripts, core }: Scenario): Term[] {
  const rule = { basis: "rule of thumb", counted: true } as const;
  return [
    {
      term: "client buffers",
      bytes: clients * CLIENT_BUFFERS,
      formula: `${counted(clients, "client")} × (16K in + 16K out)`,
      ...rule,
    },
    {
      term: "query buffers",
      bytes: clients * pipeline * QUERY_BUFFER,
      formula: `${counted(clients, "client")} × ${counted(pipeline, "command")} × 1K`,
      ...rule,
    },
    {
      term: "scripts",
      bytes: scripts * SCRIPT_BYTES,
      formula: `${counted(scripts, "script")} × 2K`,
      ...rule,
    },
    { term: "core", bytes: core, formula: "the server itself", ...rule, counted: false },
  ];
}
