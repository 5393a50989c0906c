import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { isSystemError, reasonOf } from "../errors.ts";
import { allPartitionsOf } from "./partitions.ts";

const PIECE_BYTES = 2 ** 20;

/** What is wrong with a dataset, in a line. `CANNOT_READ`: nobody knows, as a file cannot be read. */
export interface DatasetFault {
  readonly code: "BAD_DATASET" | "CANNOT_READ";
  readonly message: string;
}

/**
 * What is wrong with a dataset: partitions that are not complete, files whose bytes are not those of their manifest.
 * @throws {UsageError} when the folder is no dataset
 */
export function datasetFaults(folder: string): DatasetFault[] {
  const { complete, incomplete } = allPartitionsOf(folder);
  const files = complete.flatMap((manifest) => manifest.files);
  return [
    ...incomplete.map(({ name, fault }) => bad(`${name} is not complete: ${fault}`)),
    ...files.flatMap(({ path: name, sha256 }) => faultsOf(folder, name, sha256)),
  ];
}

function bad(message: string): DatasetFault {
  return { code: "BAD_DATASET", message };
}

function faultsOf(folder: string, name: string, sha256: string): DatasetFault[] {
  try {
    if (sha256Of(path.join(folder, name)) === sha256) return [];
    return [bad(`${name} has changed: its SHA-256 is not that of the manifest`)];
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
