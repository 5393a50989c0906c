import fs from "node:fs";
import path from "node:path";
import { IoError, reasonOf, UsageError } from "../errors.ts";
import { completeManifest, MANIFEST_NAME, type Manifest } from "./manifest.ts";
import { PARTITION_COLUMNS, TABLE_NAMES, type TableName } from "./tables.ts";

/** What a dataset's folder holds. */
export interface Partitions {
  /** Manifests of partitions that are whole, in the order of their names. */
  readonly complete: readonly Manifest[];
  /** The others: `cluster=C/date=D/node=N`. */
  readonly incomplete: readonly string[];
}

/**
 * Finds the partitions of a dataset.
 * @throws {UsageError} when the folder is no dataset, or holds no complete partition. @throws {IoError} when it cannot be read
 */
export function partitionsOf(folder: string): Partitions {
  if (fs.statSync(path.join(folder, "keys"), { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UsageError(
      `${folder} is no dataset: it has no folder keys; rdbscope analyze --parquet ${folder} SNAPSHOT… makes one`,
    );
  const complete: Manifest[] = [];
  const incomplete: string[] = [];
  for (const name of namesIn(folder)) {
    const manifest = completeManifest(folder, `keys/${name}`);
    if (manifest === undefined) incomplete.push(name);
    else complete.push(manifest);
  }
  if (complete.length === 0)
    throw new UsageError(
      `${folder} holds no complete partition (one has a ${MANIFEST_NAME}, and all files that it names): rdbscope analyze --parquet ${folder} SNAPSHOT… makes one`,
    );
  return { complete, incomplete };
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
