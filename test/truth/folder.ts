import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readTsv } from "../gates/shared.ts";

/** What a server answered of one key. */
export interface Truth {
  readonly type: string;
  readonly encoding: string;
  readonly bytes: number;
  /** Over several loads of the same snapshot. */
  readonly min: number;
  readonly max: number;
}

/** One recorded load of one snapshot. */
export interface TruthFolder {
  readonly name: string;
  /** The server that loaded, as "redis-7.2" or "debian-redis-7.0". */
  readonly server: string;
  readonly snapshot: string;
  readonly truths: ReadonlyMap<string, Truth>;
  /** CONFIG GET after loading. */
  readonly config: Readonly<Record<string, string>>;
  readonly usedMemory: number;
  readonly startupMemory: number;
  /** When the server loaded the snapshot, ms since the epoch. */
  readonly loadedAt: number;
}

interface Info {
  readonly server_name: string;
  readonly config: Record<string, string>;
  readonly memory: Record<string, string>;
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
  const info = JSON.parse(readFileSync(join(folder, "info.json"), "utf8")) as Info;
  const rows = readTsv(gunzipSync(readFileSync(join(folder, "truth.tsv.gz"))).toString("utf8"));
  const truths = new Map(
    rows.map((row) => [
      tagOf(Number(row.db), Buffer.from(row.key_base64!, "base64")),
      {
        type: row.type!,
        encoding: row.object_encoding!,
        bytes: Number(row.memory_usage),
        min: Number(row.memory_usage_min ?? row.memory_usage),
        max: Number(row.memory_usage_max ?? row.memory_usage),
      },
    ]),
  );
  return {
    name: folder,
    server: info.server_name,
    snapshot: snapshotOf(folder),
    truths,
    config: info.config,
    usedMemory: Number(info.memory.used_memory),
    startupMemory: Number(info.memory.used_memory_startup),
    loadedAt: loadTime(info.load_log),
  };
}

function snapshotOf(folder: string): string {
  const own = join(folder, "dump.rdb");
  if (existsSync(own)) return own;
  const profile = basename(folder);
  const pair = basename(dirname(folder));
  const from = pair.split("__")[0]!;
  return join(dirname(folder), "..", "..", "truth", from, profile, "dump.rdb");
}

/** A server's log line begins like "22569:M 21 Nov 2026 09:48:19.406 * Loading RDB". */
function loadTime(log: readonly string[]): number {
  for (const line of log) {
    const match = /\d+:[A-Z] (\d+ \w+ \d+ [\d:.]+) .*Loading RDB/.exec(line);
    if (match !== null) return Date.parse(`${match[1]} UTC`);
  }
  throw new Error("the log does not say when the snapshot was loaded");
}
