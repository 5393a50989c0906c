import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { IoError, reasonOf } from "../errors.ts";
import { partitionsOf } from "./partitions.ts";

const PIECE_BYTES = 2 ** 20;

/**
 * What is wrong with a dataset: partitions that are not complete, files whose bytes are not those of their manifest. One line each.
 * @throws {UsageError} when the folder is no dataset. @throws {IoError} when a file cannot be read
 */
export function datasetFaults(folder: string): string[] {
  const { complete, incomplete } = partitionsOf(folder);
  const files = complete.flatMap((manifest) => manifest.files);
  const changed = files.filter((file) => sha256Of(path.join(folder, file.path)) !== file.sha256);
  return [
    ...incomplete.map((name) => `${name} is not complete`),
    ...changed.map((file) => `${file.path} has changed: its SHA-256 is not that of the manifest`),
  ];
}

function sha256Of(file: string): string {
  const hash = createHash("sha256");
  const piece = Buffer.alloc(PIECE_BYTES);
  try {
    const fd = fs.openSync(file, "r");
    try {
      for (let count = 1; count > 0; ) {
        count = fs.readSync(fd, piece);
        hash.update(piece.subarray(0, count));
      }
    } finally {
      fs.closeSync(fd);
    }
  } catch (cause) {
    throw new IoError(`cannot read ${file}: ${reasonOf(cause)}`, { cause });
  }
  return hash.digest("hex");
}
