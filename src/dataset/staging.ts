import fs from "node:fs";
import path from "node:path";
import { RunError, reasonOf, UsageError } from "../errors.ts";
import { removeLeftovers, removeTemp, tempName, track } from "../io/leftovers.ts";
import { statOrNone } from "../io/temp-file.ts";
import { completeManifest, MANIFEST_NAME, PART_NAME } from "./manifest.ts";
import { folderOf, type Partition } from "./partition.ts";
import { TABLE_NAMES, type TableName } from "./tables.ts";

/** In the order in which a partition appears: with `keys` comes the manifest. */
const PUBLISHED: readonly TableName[] = ["rollup", "snapshots", "keys"];

/**
 * A hidden folder in a dataset in which a partition is made. What runs that were killed left is removed.
 */
export class Staging {
  readonly folder: string;
  private readonly root: string;

  /** Makes the dataset's folder where there is none. @throws {RunError} when nothing can be written there */
  constructor(root: string) {
    this.root = path.resolve(root);
    this.folder = hiddenFolder(root, "staging", TABLE_NAMES);
  }

  /** Where a file of a table is made. */
  file(table: TableName, name: string): string {
    return path.join(this.folder, table, name);
  }

  /**
   * Gives the folders of all tables their names, `keys` last; what stood there is complete until then, or gone: never both.
   * @throws {RunError} when that cannot be done; then all is as it was before
   */
  publish(partition: Partition): void {
    const undo: (() => void)[] = [];
    const move = (from: string, to: string) => {
      fs.renameSync(from, to);
      undo.push(() => fs.renameSync(to, from));
    };
    try {
      for (const table of [...PUBLISHED].reverse()) {
        const target = path.join(this.root, folderOf(table, partition));
        fs.mkdirSync(path.dirname(target), { recursive: true });
        if (fs.existsSync(target)) move(target, path.join(this.folder, `old-${table}`));
      }
      for (const table of PUBLISHED) syncFolder(path.join(this.folder, table));
      for (const table of PUBLISHED)
        move(path.join(this.folder, table), path.join(this.root, folderOf(table, partition)));
    } catch (cause) {
      for (const back of undo.reverse()) back();
      throw new RunError(`cannot write in ${this.root}: ${reasonOf(cause)}`, { cause });
    }
    for (const table of PUBLISHED) syncFolder(path.dirname(path.join(this.root, folderOf(table, partition))));
  }

  /** Removes what was not published. */
  discard(): void {
    removeTemp(this.folder);
  }
}

/**
 * Makes a folder in a dataset, and the dataset's folder where there is none, that engines pass over and `removeTemp` removes.
 * What runs that were killed left is removed. @throws {RunError} when nothing can be written there
 */
export function hiddenFolder(root: string, rest: string, within: readonly string[] = []): string {
  const folder = path.join(path.resolve(root), tempName(rest));
  try {
    fs.mkdirSync(root, { recursive: true });
    removeLeftovers(root);
    track(folder);
    fs.mkdirSync(folder);
    for (const name of within) fs.mkdirSync(path.join(folder, name));
    return folder;
  } catch (cause) {
    throw new RunError(`cannot write in ${root}: ${reasonOf(cause)}`, { cause });
  }
}

/** @throws {UsageError} when something else than a folder is where a dataset should be */
export function checkRoot(root: string): void {
  if (statOrNone(root)?.isDirectory() === false)
    throw new UsageError(`${root} is a file: --parquet takes the folder of a dataset`);
}

/** Which complete partition a snapshot may take the place of: any; one of the same file, by path or fingerprint; without fingerprint none. */
export type Replaces = "any" | { readonly file: string; readonly fingerprint: string | undefined };

/**
 * Looks whether a partition may be written: its folders hold nothing but what we write, and are no links.
 * @throws {UsageError} when they do, or it is complete and not to be replaced
 */
export function checkTarget(root: string, partition: Partition, replaces: Replaces): void {
  for (const table of TABLE_NAMES) {
    const folder = path.join(root, folderOf(table, partition));
    const stat = fs.lstatSync(folder, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    if (!stat.isDirectory()) throw new UsageError(`${folder} is no folder: it cannot be a partition`);
    const other = fs.readdirSync(folder).find((name) => !PART_NAME.test(name) && name !== MANIFEST_NAME);
    if (other !== undefined)
      throw new UsageError(
        `${path.join(folder, other)} is no file of a dataset: it is in the way of a partition`,
      );
  }
  const folder = folderOf("keys", partition);
  const there = completeManifest(root, folder);
  if (there === undefined || replaces === "any") return;
  const { file, fingerprint } = replaces;
  if (
    fingerprint !== undefined &&
    (there.snapshot.path === file || there.snapshot.fingerprint === fingerprint)
  )
    return;
  const why = fingerprint === undefined ? "exists already" : `is of another file, ${there.snapshot.path}`;
  throw new UsageError(
    `${path.join(root, folder)} ${why}: give another --cluster, --date or --node, or replace it with --force`,
  );
}

/** Lets names survive a power cut, where folders can be synced. */
function syncFolder(folder: string): void {
  try {
    const fd = fs.openSync(folder, "r");
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    // Windows and some network filesystems open or sync no folders.
  }
}
