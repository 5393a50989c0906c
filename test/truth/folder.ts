import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readTsv } from "../gates/shared.ts";

/** What a server answered of one key. */
export interface Truth {
  readonly type: string;
  readonly encoding: string;
  readonly length: number;
  /** MEMORY USAGE … SAMPLES 0. */
  readonly bytes: number;
  /** The same over several loads of the same snapshot. */
  readonly min: number;
  readonly max: number;
  /** PEXPIRETIME, ms since the epoch; -1: none. */
  readonly expiresAt: number;
}

/** One recorded load of one snapshot. */
export interface TruthFolder {
  readonly name: string;
  /** The server that loaded, as "redis-7.2" or "debian-redis-7.0". */
  readonly server: string;
  /** The server's jemalloc, as INFO says: "jemalloc-5.3.0". */
  readonly allocator: string;
  readonly snapshot: string;
  /** By `tagOf`. */
  readonly truths: ReadonlyMap<string, Truth>;
  /** CONFIG GET after loading. */
  readonly config: Readonly<Record<string, string>>;
  /** used_memory above used_memory_startup, with the data and in the same server without any. */
  readonly usedBytes: number;
  readonly emptyBytes: number;
  /** used_memory of the same server without data. */
  readonly baselineBytes: number;
  /** When the server loaded the snapshot, ms since the epoch. */
  readonly loadedAt: number;
}

interface Info {
  readonly server_name: string;
  readonly config: Record<string, string>;
  readonly memory: Record<string, string>;
  readonly persistence: { readonly rdb_last_save_time: string };
  readonly load_log: readonly string[];
}

/** How keys are told apart over databases. */
export const tagOf = (db: number, key: Buffer): string => `${db} ${key.toString("base64")}`;

/** Every folder under `root` that holds a truth, by name. */
export function truthFolders(root: string): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => basename(path) === "truth.tsv.gz")
    .map((path) => join(root, dirname(path)))
    .sort();
}

/** Reads one folder; a folder without a snapshot of its own is a load of another one's (truth-cross, truth-config). */
export function readTruthFolder(folder: string): TruthFolder {
  const info = readInfo(join(folder, "info.json"));
  const empty = readInfo(emptyInfoOf(folder, info.server_name));
  return {
    name: folder.replace(/^(\.\.\/)+[^/]+\//, ""),
    server: info.server_name,
    allocator: info.memory.mem_allocator ?? "",
    snapshot: snapshotOf(folder),
    truths: readTruths(join(folder, "truth.tsv.gz")),
    config: info.config,
    usedBytes: aboveStartup(info),
    emptyBytes: aboveStartup(empty),
    baselineBytes: Number(empty.memory.used_memory),
    loadedAt: loadTime(info),
  };
}

/** The rows of a truth.tsv.gz, by `tagOf`. */
export function readTruths(file: string): Map<string, Truth> {
  const rows = readTsv(gunzipSync(readFileSync(file)).toString("utf8"));
  return new Map(
    rows.map((row) => [
      tagOf(Number(row.db), Buffer.from(row.key_base64!, "base64")),
      {
        type: row.type!,
        encoding: row.object_encoding!,
        length: Number(row.length),
        bytes: Number(row.memory_usage),
        min: Number(row.memory_usage_min ?? row.memory_usage),
        max: Number(row.memory_usage_max ?? row.memory_usage),
        expiresAt: Number(row.pexpiretime_ms),
      },
    ]),
  );
}

const readInfo = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Info;

const aboveStartup = ({ memory }: Info) => Number(memory.used_memory) - Number(memory.used_memory_startup);

/** The first of the places where a file may stand. */
function firstOf(what: string, places: readonly string[]): string {
  const found = places.find((path) => existsSync(path));
  if (found === undefined) throw new Error(`no ${what} at ${places.join(" or ")}`);
  return found;
}

/** A recording has its own; ../shared has one a server, for truth-cross and truth-config too. */
function emptyInfoOf(folder: string, server: string): string {
  const name = "empty-info.json";
  return firstOf(name, [
    join(folder, name),
    join(folder, "..", name),
    join(folder, "..", "..", "..", "truth", server, name),
  ]);
}

function snapshotOf(folder: string): string {
  const from = basename(dirname(folder)).split("__")[0]!;
  const elsewhere = join(folder, "..", "..", "..", "truth", from, basename(folder), "dump.rdb");
  return firstOf("dump.rdb", [join(folder, "dump.rdb"), elsewhere]);
}

/**
 * A server's log line begins like "22569:M 21 Nov 2026 09:48:19.406 * Loading RDB", in UTC. Redis 4.0 leaves out the
 * year: a server that has not saved yet answers with its own start as the time of its last save.
 */
function loadTime({ load_log, persistence }: Info): number {
  for (const line of load_log) {
    const match = /\d+:[A-Z] (\d+ \w+)( \d{4})? ([\d:.]+) .*(Loading RDB|DB loaded)/.exec(line);
    if (match === null) continue;
    const year = match[2] ?? new Date(Number(persistence.rdb_last_save_time) * 1000).getUTCFullYear();
    return Date.parse(`${match[1]} ${year} ${match[3]} UTC`);
  }
  throw new Error("the log does not say when the snapshot was loaded");
}
