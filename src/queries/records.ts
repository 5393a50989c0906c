import { UsageError } from "../errors.ts";
import { isNameHash, NameHash } from "../inventory/name-hash.ts";
import type { Inventory, SqlParams } from "../inventory/open.ts";
import { textOrBytes } from "../inventory/utf8.ts";
import { sampleOf } from "./sampling.ts";
import { type SnapshotRow, snapshots } from "./snapshots.ts";

/** Where a key's record stands in the snapshot. */
export interface FoundRecord {
  readonly db: number;
  readonly offset: number;
  readonly bytes: number;
  readonly pattern: string;
}

/** What is looked for. */
interface Wanted {
  readonly key: Uint8Array;
  readonly db?: number | undefined;
  readonly snapshot?: number | undefined;
  readonly hashSecret?: Uint8Array | undefined;
}

/** Told every name that comes near the one looked for. */
interface Similar {
  isSame(key: Uint8Array, length: number, db: number): boolean;
  /** Bytes at the beginning of names: those that begin otherwise need not be told. */
  readonly startBytes: number;
}

/** Databases that are looked at when this one does not hold the key. */
const MAX_DBS = 200;

const FIND = `SELECT db, record_offset AS offset, serialized_bytes AS bytes, pattern FROM keys
  WHERE snapshot = @snapshot AND key = @key AND (@db IS NULL OR db = @db) ORDER BY record_offset LIMIT @limit`;
const ELSEWHERE = `SELECT DISTINCT db FROM keys WHERE snapshot = @snapshot AND key = @key LIMIT ${MAX_DBS}`;
/** Names that begin like the key, whatever the case. */
const NEAR = `SELECT db, CAST(key AS BLOB) AS key FROM keys
  WHERE snapshot = @snapshot AND lower(substr(CAST(key AS BLOB), 1, @bytes)) = lower(@start)`;

/**
 * The records of a key in each snapshot in question, `limit` at most; `records` is undefined where the inventory has no
 * row a key to find it by, or is a sample without the key's.
 * @throws {UsageError} when names are hashed, and the key's own is given without their secret
 */
export function findRecords(
  inventory: Inventory,
  { key, db, snapshot: id, hashSecret }: Wanted,
  similar: Similar,
  limit: number,
): { snapshot: SnapshotRow; records: FoundRecord[] | undefined }[] {
  const bytes = Buffer.from(key);
  const name = textOrBytes(bytes);
  return snapshots(inventory, id).map((snapshot) => {
    if (snapshot.stored_rows === 0 && snapshot.keys > 0) return { snapshot, records: undefined };
    const stored = snapshot.hashed_names === null ? name : hashedName(inventory, snapshot, bytes, hashSecret);
    const params: SqlParams = { snapshot: snapshot.snapshot, key: stored };
    const records = inventory.all<FoundRecord>(FIND, { ...params, db: db ?? null, limit });
    if (records.length > 0) return { snapshot, records };
    if (sampleOf(snapshot) !== undefined) return { snapshot, records: undefined };
    const others = inventory.all<{ db: number }>(ELSEWHERE, params);
    for (const other of others) similar.isSame(bytes, bytes.length, other.db);
    if (others.length === 0) noteSimilar(inventory, snapshot.snapshot, bytes, similar);
    return { snapshot, records };
  });
}

/** What stands for a key in an inventory of hashed names. */
function hashedName(
  { path }: Inventory,
  { hashed_names: id }: SnapshotRow,
  key: Buffer,
  secret: Uint8Array | undefined,
): string {
  const typed = key.toString("latin1");
  if (isNameHash(typed)) return typed;
  if (secret === undefined) {
    throw new UsageError(
      `names in ${path} are hashed: give the key's hash (#…), or their secret with --hash-keys-secret-file FILE`,
    );
  }
  const hash = new NameHash(secret);
  if (hash.id === id) return hash.text(key);
  throw new UsageError(`names in ${path} were hashed with another secret`);
}

function noteSimilar(inventory: Inventory, snapshot: number, key: Buffer, similar: Similar): void {
  const start = key.subarray(0, similar.startBytes);
  const rows = inventory.iterate<{ db: number; key: Buffer }>(NEAR, {
    snapshot,
    bytes: start.length,
    start: Buffer.from(start),
  });
  for (const row of rows) similar.isSame(row.key, row.key.length, row.db);
}
