import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { IoError, isSystemError, reasonOf } from "../errors.ts";
import { allPartitionsOf } from "./partitions.ts";
import { TABLE_NAMES } from "./tables.ts";

const PIECE_BYTES = 2 ** 20;

/** What is wrong with a dataset, in a line. `CANNOT_READ`: nobody knows, as a file cannot be read. */
export interface DatasetFault {
  readonly code: "BAD_DATASET" | "CANNOT_READ";
  readonly message: string;
}

/**
 * What is wrong with a dataset: partitions that are not complete, files whose bytes are not those of their manifest, and files that no
 * manifest names, which engines that list folders read all the same.
 * @throws {UsageError} when the folder is no dataset. @throws {IoError} when a folder of it cannot be read
 */
export function datasetFaults(folder: string): DatasetFault[] {
  const { complete, incomplete } = allPartitionsOf(folder);
  const files = complete.flatMap((manifest) => manifest.files);
  const named = new Set(files.map(({ path: name }) => name));
  // Of a partition that is not complete nothing more is told.
  const told = new Set(incomplete.flatMap(({ name }) => TABLE_NAMES.map((table) => `${table}/${name}`)));
  const found = TABLE_NAMES.flatMap((table) => parquetFilesIn(folder, table, told, []));
  return [
    ...incomplete.map(({ name, fault }) => bad(`${name} is not complete: ${fault}`)),
    ...files.flatMap(({ path: name, sha256 }) => faultsOf(folder, name, sha256)),
    ...found
      .filter((name) => !named.has(name))
      .map((name) =>
        bad(
          `${name} is named by no manifest, and engines that list folders read it: take it out of the dataset`,
        ),
      ),
  ];
}

/**
 * What engines take for files of a table, from the dataset's folder on, in order: all that ends in .parquet, but in hidden folders and
 * those of `told`. Links are followed, as engines do, but to no folder that they stand in.
 */
function parquetFilesIn(root: string, folder: string, told: ReadonlySet<string>, above: string[]): string[] {
  const place = path.join(root, folder);
  try {
    if (fs.statSync(place, { throwIfNoEntry: false })?.isDirectory() !== true)
      return folder.endsWith(".parquet") ? [folder] : [];
    const real = fs.realpathSync(place);
    const isHidden = path.posix.basename(folder).startsWith(".");
    if (isHidden || told.has(folder) || above.includes(real)) return [];
    return fs
      .readdirSync(place)
      .sort()
      .flatMap((name) => parquetFilesIn(root, `${folder}/${name}`, told, [...above, real]));
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw new IoError(`cannot read ${place}: ${reasonOf(cause)}`, { cause });
  }
}

function bad(message: string): DatasetFault {
  return { code: "BAD_DATASET", message };
}

function faultsOf(folder: string, name: string, sha256: string): DatasetFault[] {
  try {
    if (sha256Of(path.join(folder, name)) === sha256) return [];
    return [
      bad(
        `${name} has changed: its SHA-256 is not that of the manifest (write its partition again with --force)`,
      ),
    ];
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return [{ code: "CANNOT_READ", message: `${name} cannot be read: ${reasonOf(error)}` }];
  }
}

function sha256Of(file: string): string {
  const hash = createHash("sha256");
  const piece = Buffer.alloc(PIECE_BYTES);
  const fd = fs.openSync(file, "r");
  try {
    for (let count = 1; count > 0; ) {
      count = fs.readSync(fd, piece);
      hash.update(piece.subarray(0, count));
    }
  } finally {
    fs.closeSync(fd);
  }
  return hash.digest("hex");
}
