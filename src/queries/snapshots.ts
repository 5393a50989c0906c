import { UsageError } from "../errors.ts";
import type { Inventory } from "../inventory/open.ts";

/** A snapshot as the inventory knows it: a row of the view `snapshots`. */
export interface SnapshotRow {
  readonly snapshot: number;
  readonly path: string;
  /** What the snapshot was wrapped in, outermost first, as `gzip+vcs`; `rdb`: in nothing. */
  readonly input: string;
  readonly file_bytes: number;
  readonly fingerprint: string;
  readonly magic: string;
  readonly rdb_version: number;
  readonly server: string | null;
  readonly server_version: string | null;
  /** Milliseconds since the epoch. */
  readonly created_at: number;
  readonly created_at_source: string;
  readonly analyzed_at: number;
  readonly used_mem: number | null;
  readonly checksum: string;
  readonly profile: string;
  readonly profile_exact: number;
  /** 0: the profile is derived from the server's sources, not measured on one. */
  readonly profile_measured: number;
  readonly allocator: string;
  readonly settings: string;
  readonly filters: string;
  /** What was given to say how names are parted; JSON. */
  readonly pattern_settings: string;
  readonly keys: number;
  readonly expired_keys: number;
  readonly stored_rows: number;
  readonly complete: number;
  readonly salvaged: number;
  readonly tool_version: string;
  /** Null: names are as they are. Else they are hashed; inventories with the same text have the same hashes. */
  readonly hashed_names: string | null;
  /** Null, as what follows: every record was read. Else the share of records that were drawn. */
  readonly sample_share: number | null;
  readonly sample_seed: number | null;
  /** Records from so many bytes on were all read, and how many that are. */
  readonly sample_certain_bytes: number | null;
  readonly sample_certain_keys: number | null;
  /** Of the smaller ones, how many were drawn, and out of how many. */
  readonly sample_drawn_keys: number | null;
  readonly sample_drawn_from: number | null;
  /** Keys that each drawn one stands for. */
  readonly sample_weight: number | null;
}

const SQL = "SELECT * FROM snapshots ORDER BY snapshot";

/**
 * The snapshots a question is about: all, or the one with this id.
 * @throws {UsageError} when there is none.
 */
export function snapshots(inventory: Inventory, id?: number): SnapshotRow[] {
  const all = inventory.all<SnapshotRow>(SQL);
  if (id === undefined) {
    if (all.length === 0) throw new UsageError(`${inventory.path} holds no snapshot`);
    return all;
  }
  const chosen = all.filter((row) => row.snapshot === id);
  if (chosen.length === 0) {
    const ids = all.map((row) => row.snapshot).join(", ");
    throw new UsageError(`${inventory.path} holds no snapshot ${id}; it holds ${ids || "none"}`);
  }
  return chosen;
}
