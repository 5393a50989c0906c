import fs from "node:fs";
import path from "node:path";
import { IoError, reasonOf, UsageError } from "../errors.ts";
import { snapshotsIn } from "../io/inputs/snapshots-in.ts";
import { counted } from "../queries/words.ts";
import { lookAtPartition, type Manifest } from "./manifest.ts";
import { PARTITION_COLUMNS, TABLE_NAMES, type TableName } from "./tables.ts";

/** What a dataset's folder holds. */
export interface Partitions {
  /** Manifests of partitions that are whole, in the order of their names. */
  readonly complete: readonly Manifest[];
  readonly incomplete: readonly Incomplete[];
}

/** A partition that is not whole. */
export interface Incomplete {
  /** `cluster=C/date=D/node=N`. */
  readonly name: string;
  /** What is wrong with it, in a few words. */
  readonly fault: string;
}

/**
 * Finds the partitions of a dataset that somebody asks.
 * @throws {UsageError} when the folder is no dataset, or holds no partition. @throws {IoError} when none is complete, or it cannot be read
 */
export function partitionsOf(folder: string): Partitions {
  const found = allPartitionsOf(folder);
  const [first, ...others] = found.incomplete;
  if (first !== undefined && found.complete.length === 0) {
    const more = others.length === 0 ? "" : `, and ${counted(others.length, "other")}`;
    throw new IoError(
      `no partition of ${folder} is complete: ${first.name}: ${first.fault}${more} (rdbscope verify tells of all)`,
    );
  }
  return found;
}

/**
 * Finds the partitions of a dataset, whether or not any is complete.
 * @throws {UsageError} when the folder is no dataset, or holds no partition. @throws {IoError} when it cannot be read
 */
export function allPartitionsOf(folder: string): Partitions {
  if (fs.statSync(path.join(folder, "keys"), { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UsageError(`${folder} is no dataset: ${notOne(folder)}`);
  const complete: Manifest[] = [];
  const incomplete: Incomplete[] = [];
  for (const name of namesIn(folder)) {
    const found = lookAtPartition(folder, `keys/${name}`);
    if ("fault" in found) incomplete.push({ name, fault: found.fault });
    else complete.push(found);
  }
  if (complete.length + incomplete.length === 0)
    throw new UsageError(
      `${folder} holds no partition: rdbscope analyze --parquet ${folder} SNAPSHOT… makes one`,
    );
  return { complete, incomplete };
}

/** What a folder is that is no dataset, and what to do. */
function notOne(folder: string): string {
  const files = snapshotsIn(folder);
  if (files === undefined)
    return `it has no folder keys; rdbscope analyze --parquet ${folder} SNAPSHOT… makes one`;
  return `it holds snapshots; rdbscope analyze ${files} -o FILE.sqlite makes an inventory of them, with --parquet FOLDER a dataset`;
}

/** Files of a table, of all these partitions. */
export function filesOf(folder: string, table: TableName, partitions: readonly Manifest[]): string[] {
  return partitions.flatMap(({ files }) =>
    files.filter((file) => file.table === table).map((file) => path.join(folder, file.path)),
  );
}

/** Partitions that any table has a folder of, in order. */
function namesIn(folder: string): string[] {
  const names = TABLE_NAMES.flatMap((table) => {
    let found = [""];
    for (const column of PARTITION_COLUMNS)
      found = found.flatMap((parent) =>
        subfolders(path.join(folder, table, parent), column).map((name) => path.posix.join(parent, name)),
      );
    return found;
  });
  return [...new Set(names)].sort();
}

function subfolders(folder: string, column: string): string[] {
  try {
    return fs.readdirSync(folder).filter((name) => name.startsWith(`${column}=`));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw new IoError(`cannot read ${folder}: ${reasonOf(cause)}`, { cause });
  }
}
