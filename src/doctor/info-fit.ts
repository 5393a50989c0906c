import type { Scope } from "../queries/scope.ts";
import { counted, thousands } from "../queries/words.ts";
import { humanBytes, humanTime } from "../units.ts";
import { type Info, infoNumber } from "./info.ts";
import { keyText } from "./key-text.ts";

/** Numbers of keys that are further apart, as a share of the larger one, are not those of the same data. */
const KEYS_APART = 0.1;
/** So few keys more or less mean nothing. */
const FEW_KEYS = 100;
/** The same of memory, which buffers and fragmentation change. */
const MEMORY_APART = 0.25;
const DAY_MS = 86_400_000;

/** What of INFO is held against the snapshot: how it differs, "" where it fits, undefined where one of them does not say. */
type Check = (scope: Scope, info: Info) => string | undefined;

/** A new one: a line here. */
const CHECKS: readonly Check[] = [version, replicationId, keyspace, usedMemory, time];

/**
 * Whether INFO is of the server that the snapshot is of, at about that time; undefined: it may well be. Else a sentence
 * that tells how they differ.
 */
export function infoMisfit(scope: Scope, info: Info): string | undefined {
  const answers = CHECKS.map((check) => check(scope, info)).filter((answer) => answer !== undefined);
  if (answers.length === 0) return "nothing in --info tells whether it is of the server of this snapshot";
  const differences = answers.filter((answer) => answer !== "");
  if (differences.length === 0) return undefined;
  return `--info does not fit this snapshot: ${differences.join("; ")}. It is of another server, or of another time, and so is what rules tell of it`;
}

function version({ snapshot }: Scope, info: Info): string | undefined {
  const { server, server_version: own } = snapshot;
  const theirs = [
    info.has("valkey_version") ? "valkey" : "redis",
    info.get("valkey_version") ?? info.get("redis_version"),
  ];
  if (server === null || own === null || theirs[1] === undefined) return undefined;
  if (server === theirs[0] && own === theirs[1]) return "";
  return `it is of ${keyText(theirs.join(" "))}, the snapshot of ${server} ${keyText(own)}`;
}

const REPLICATION_ID_SQL = "SELECT value FROM aux_fields WHERE snapshot = @snapshot AND name = 'repl-id'";

/** A server keeps its last two: it gets a new one when it becomes a primary. */
function replicationId({ inventory, snapshot }: Scope, info: Info): string | undefined {
  const own = inventory.get<{ value: string }>(REPLICATION_ID_SQL, { snapshot: snapshot.snapshot })?.value;
  const theirs = info.get("master_replid");
  if (own === undefined || theirs === undefined) return undefined;
  if (own === theirs || own === info.get("master_replid2")) return "";
  return `its master_replid is ${keyText(theirs)}, the snapshot's repl-id ${keyText(own)}`;
}

const DATABASES_SQL = "SELECT db, keys, loaded_keys FROM databases WHERE snapshot = @snapshot ORDER BY db";

/** A server that has loaded the snapshot has no keys that were expired. */
function keyspace({ inventory, snapshot }: Scope, info: Info): string | undefined {
  if (snapshot.filters !== "{}" || snapshot.complete === 0) return undefined;
  const theirs = keysByDb(info);
  if (theirs.size === 0) return undefined;
  const own = new Map(
    inventory
      .all<{ db: number; keys: number; loaded_keys: number }>(DATABASES_SQL, { snapshot: snapshot.snapshot })
      .map((row) => [row.db, row]),
  );
  const apart = [...new Set([...own.keys(), ...theirs.keys()])]
    .map((db) => ({ db, theirs: theirs.get(db) ?? 0, own: own.get(db) ?? { keys: 0, loaded_keys: 0 } }))
    .filter((one) => isApart(one.theirs, one.own.keys) && isApart(one.theirs, one.own.loaded_keys));
  const [first, ...others] = apart;
  if (first === undefined) return "";
  const more = others.length === 0 ? "" : ` (and ${counted(others.length, "database")} more)`;
  return `db${first.db} has ${counted(first.theirs, "key")} there, ${thousands(first.own.keys)} here${more}`;
}

/** The keyspace section: `db0:keys=12,expires=3,…`. */
function keysByDb(info: Info): Map<number, number> {
  const found = new Map<number, number>();
  for (const [name, value] of info) {
    const db = /^db(\d+)$/.exec(name)?.[1];
    const keys = /^keys=(\d+)/.exec(value)?.[1];
    if (db !== undefined && keys !== undefined) found.set(Number(db), Number(keys));
  }
  return found;
}

function isApart(a: number, b: number): boolean {
  return Math.abs(a - b) > Math.max(FEW_KEYS, KEYS_APART * Math.max(a, b));
}

function usedMemory({ snapshot: { used_mem: own } }: Scope, info: Info): string | undefined {
  const theirs = infoNumber(info, "used_memory");
  if (own === null || theirs === undefined) return undefined;
  if (Math.abs(own - theirs) <= MEMORY_APART * Math.max(own, theirs)) return "";
  return `it has used_memory ${humanBytes(theirs)}, the snapshot used-mem ${humanBytes(own)}`;
}

function time({ snapshot }: Scope, info: Info): string | undefined {
  const theirs = infoNumber(info, "server_time_usec");
  if (theirs === undefined || snapshot.created_at_source !== "snapshot") return undefined;
  const ms = theirs / 1000;
  if (Math.abs(ms - snapshot.created_at) <= DAY_MS) return "";
  return `it is of ${humanTime(ms)} UTC, the snapshot of ${humanTime(snapshot.created_at)}`;
}
