import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Answer, ParquetTask } from "../../workers/protocol.ts";
import { fromErrorRecord, IoError } from "../errors.ts";
import { WorkerPool } from "../pipeline/pool.ts";
import { type SnapshotRow, snapshots } from "../queries/snapshots.ts";
import { completeManifest, MANIFEST_NAME, type Manifest, writeManifest } from "./manifest.ts";
import type { WrittenFile } from "./parquet-file.ts";
import { partSizes } from "./part-sizes.ts";
import { checkPartition, folderOf, type Partition, type PartitionChoice, partitionOf } from "./partition.ts";
import type { PartitionSource } from "./partition-source.ts";
import type { RunOrigin } from "./resume.ts";
import { checkTarget, Staging } from "./staging.ts";
import { boundedTime, DATASET_VERSION, TABLE_NAMES } from "./tables.ts";

/** What is written, and how. */
export interface PartitionOptions {
  /** The dataset's folder. */
  readonly root: string;
  /** Which snapshot of the inventory. */
  readonly snapshot: number;
  readonly partition: Partition;
  /** What it was made of, where `analyze` made it. */
  readonly origin?: RunOrigin | undefined;
  /** Threads that write: those of `writingPool`, which whoever made it ends. */
  readonly pool: WorkerPool;
  readonly signal?: AbortSignal | undefined;
  /** Called whenever rows of the table `keys` were written: so many in all, of how many. */
  readonly onRows?: ((written: number, all: number) => void) | undefined;
}

/** A snapshot of an inventory, and the partition it becomes. */
export interface Target {
  readonly snapshot: number;
  /** Its file, as it was given, and its size. */
  readonly file: string;
  readonly bytes: number;
  readonly fingerprint: string;
  readonly partition: Partition;
  /** Of the table `keys`. */
  readonly rows: number;
}

/** Complete partitions that may be replaced: none, those of the same file, any. */
export type Replacing = "none" | "own" | "any";

/** What an inventory's snapshots, or `only` one of them, become. @throws {UsageError} when the choice makes no sense */
export function targetsOf(source: PartitionSource, choice: PartitionChoice, only?: number): Target[] {
  checkPartition(choice);
  return snapshots(source.inventory, only).map((row) => ({
    snapshot: row.snapshot,
    file: row.path,
    fingerprint: row.fingerprint,
    bytes: row.file_bytes,
    rows: row.stored_rows,
    partition: partitionOf(choice, row.path, row.created_at),
  }));
}

/** @throws {UsageError} when one may not be written */
export function checkTargets(root: string, targets: readonly Target[], replacing: Replacing): void {
  for (const { partition, file, fingerprint } of targets) {
    const own = { file, fingerprint: replacing === "own" ? fingerprint : undefined };
    checkTarget(root, partition, replacing === "any" ? "any" : own);
  }
}

/** Whether a snapshot is a complete partition already, that this version of rdbscope made of the same, in the same way. */
export function isWritten(source: PartitionSource, root: string, { snapshot, partition }: Target): boolean {
  const there = completeManifest(root, folderOf("keys", partition));
  if (there === undefined) return false;
  const [row] = snapshots(source.inventory, snapshot);
  const { files, input_fingerprint, request } = there;
  return isDeepStrictEqual(there, { ...manifestOf(row!, files, partition), input_fingerprint, request });
}

/**
 * Writes one snapshot of an inventory as a partition of a dataset, which appears when it is complete, in the place of what was there.
 * @throws {IoError} when something cannot be read or written. @throws the signal's reason when aborted
 */
export async function writePartition(source: PartitionSource, options: PartitionOptions): Promise<Manifest> {
  options.signal?.throwIfAborted();
  const [snapshot] = snapshots(source.inventory, options.snapshot);
  const staging = new Staging(options.root);
  try {
    const files = await writeFiles(source, snapshot!, staging, options);
    const manifest = manifestOf(snapshot!, files, options.partition, options.origin);
    writeManifest(staging.file("keys", MANIFEST_NAME), manifest);
    options.signal?.throwIfAborted();
    staging.publish(options.partition);
    return manifest;
  } finally {
    staging.discard();
  }
}

/** Threads that write partitions of so many rows: to start one for a small table takes longer than to write it. */
export function writingPool(workers: number, rows: number): WorkerPool {
  return new WorkerPool(Math.min(workers, Math.max(1, partSizes(rows).length)));
}

/** Parts are given to threads in their order; which thread writes which makes no difference. */
async function writeFiles(
  source: PartitionSource,
  snapshot: SnapshotRow,
  staging: Staging,
  options: PartitionOptions,
): Promise<Manifest["files"]> {
  const tasks = tasksOf(source, snapshot, staging, options.root);
  let keys = 0;
  options.onRows?.(0, snapshot.stored_rows);
  const written = await options.pool.inOrder("parquet", tasks, (answer: Answer<WrittenFile>, { table }) => {
    const file = writtenFile(answer);
    if (table === "keys") {
      keys += file.rows;
      options.onRows?.(keys, snapshot.stored_rows);
    }
    return file;
  });
  return tasks.map(({ table, file }, i) => ({
    table,
    path: `${folderOf(table, options.partition)}/${path.basename(file)}`,
    ...written[i]!,
  }));
}

function writtenFile(answer: Answer<WrittenFile>): WrittenFile {
  if (answer.error !== undefined) throw fromErrorRecord(answer.error);
  return answer.value;
}

/** The files of a partition, the largest first. */
function tasksOf(
  source: PartitionSource,
  snapshot: SnapshotRow,
  staging: Staging,
  root: string,
): ParquetTask[] {
  const { path, name, rows, before } = source;
  const range = source.rangeOf(snapshot.snapshot);
  if (range.to - range.from !== snapshot.stored_rows) {
    throw new IoError(
      `${name} is a damaged inventory (it has ${range.to - range.from} rows and says ${snapshot.stored_rows}): analyze the snapshot again`,
    );
  }
  const common = { path, name, snapshot: snapshot.snapshot, folder: root };
  let from = range.from;
  const parts = partSizes(snapshot.stored_rows).map((size, i): ParquetTask => {
    const part = { from, to: from + size };
    from += size;
    return {
      ...common,
      table: "keys",
      file: staging.file("keys", partName(i)),
      rows,
      before,
      range: part,
      createdAt: snapshot.created_at,
    };
  });
  const others = TABLE_NAMES.filter((table) => table !== "keys").map(
    (table): ParquetTask => ({ ...common, table, file: staging.file(table, partName(0)) }),
  );
  return [...parts, ...others];
}

function partName(number: number): string {
  return `part-${String(number).padStart(5, "0")}.parquet`;
}

function manifestOf(
  snapshot: SnapshotRow,
  files: Manifest["files"],
  partition: Partition,
  origin?: RunOrigin,
): Manifest {
  return {
    dataset_version: DATASET_VERSION,
    tool_version: snapshot.tool_version,
    ...partition,
    snapshot: {
      path: snapshot.path,
      fingerprint: snapshot.fingerprint,
      file_bytes: snapshot.file_bytes,
      magic: snapshot.magic,
      created_at: new Date(boundedTime(snapshot.created_at)).toISOString(),
      checksum: snapshot.checksum as Manifest["snapshot"]["checksum"],
    },
    input_fingerprint: origin?.inputFingerprint ?? null,
    request: origin?.request ?? null,
    profile: snapshot.profile,
    profile_exact: snapshot.profile_exact === 1,
    profile_measured: snapshot.profile_measured === 1,
    allocator: snapshot.allocator,
    settings: JSON.parse(snapshot.settings) as Manifest["settings"],
    filters: JSON.parse(snapshot.filters) as Manifest["filters"],
    pattern_settings: JSON.parse(snapshot.pattern_settings) as Manifest["pattern_settings"],
    keys: Math.round(snapshot.keys),
    stored_rows: snapshot.stored_rows,
    complete: snapshot.complete === 1,
    hashed_names: snapshot.hashed_names,
    sample_share: snapshot.sample_share,
    files,
  };
}
