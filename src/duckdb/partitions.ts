import fs from "node:fs";
import path from "node:path";
import { IoError, reasonOf, UsageError } from "../errors.ts";

/** Tables of a dataset: a folder each. */
export const TABLES = ["keys", "rollup", "snapshots"] as const;
export type TableName = (typeof TABLES)[number];

const LEVELS = ["cluster", "date", "node"] as const;
const MANIFEST = "_manifest.json";

/** What one snapshot became, whole. */
export interface Partition {
  /** Its folder below that of a table: `cluster=C/date=D/node=N`. */
  readonly name: string;
  readonly manifest: Manifest;
}

/** What is looked at of a manifest. */
export interface Manifest {
  readonly schema_version: number;
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

/** What a folder holds. */
export interface Partitions {
  readonly complete: readonly Partition[];
  /** One line each: which partitions are left out, and why. */
  readonly incomplete: readonly string[];
}

/**
 * Finds the partitions of a dataset. One is complete when it has its manifest and every file that this names, as long as it
 * says.
 * @throws {UsageError} when the folder is no dataset, or holds no complete partition. @throws {IoError} when it cannot be read
 */
export function partitionsOf(folder: string): Partitions {
  if (!isDataset(folder))
    throw new UsageError(
      `${folder} is no dataset: it has no folder keys; rdbscope analyze --parquet ${folder} SNAPSHOT… makes one`,
    );
  const complete: Partition[] = [];
  const incomplete: string[] = [];
  for (const name of namesIn(folder)) {
    const manifest = readManifest(path.join(folder, "keys", name, MANIFEST));
    const lacks = manifest === undefined ? MANIFEST : missingOf(folder, manifest);
    if (lacks === undefined) complete.push({ name, manifest: manifest! });
    else incomplete.push(`${name} is not complete and left out: it lacks ${lacks}`);
  }
  if (complete.length === 0)
    throw new UsageError(`${folder} holds no complete partition: ${incomplete[0] ?? "it is empty"}`);
  return { complete, incomplete };
}

/** Whether a name is that of a folder which holds a dataset. */
export function isDataset(folder: string): boolean {
  return fs.statSync(path.join(folder, "keys"), { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Files of a table, of all partitions. */
export function filesOf(folder: string, table: TableName, partitions: readonly Partition[]): string[] {
  return partitions.flatMap(({ manifest }) =>
    manifest.files
      .filter(({ path: file }) => file.startsWith(`${table}/`))
      .map(({ path: file }) => path.join(folder, file)),
  );
}

/** Partitions that any table has a folder of, in order. */
function namesIn(folder: string): string[] {
  const names = new Set<string>();
  for (const table of TABLES) {
    let found = [""];
    for (const level of LEVELS)
      found = found.flatMap((parent) =>
        subfolders(path.join(folder, table, parent), level).map((name) => path.posix.join(parent, name)),
      );
    for (const name of found) names.add(name);
  }
  return [...names].sort();
}

function subfolders(folder: string, level: string): string[] {
  try {
    return fs.readdirSync(folder).filter((name) => name.startsWith(`${level}=`));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw new IoError(`cannot read ${folder}: ${reasonOf(cause)}`, { cause });
  }
}

function readManifest(file: string): Manifest | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as Manifest;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    if (cause instanceof SyntaxError) throw new IoError(`${file} is damaged: it is no JSON`, { cause });
    throw new IoError(`cannot read ${file}: ${reasonOf(cause)}`, { cause });
  }
}

/** The first file that is not there as the manifest has it. */
function missingOf(folder: string, { files }: Manifest): string | undefined {
  return files.find(({ path: file, bytes }) => {
    const stat = fs.statSync(path.join(folder, file), { throwIfNoEntry: false });
    return stat?.size !== bytes;
  })?.path;
}
