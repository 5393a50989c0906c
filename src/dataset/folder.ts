import fs from "node:fs";
import { IoError, reasonOf } from "../errors.ts";

/** Whether a path is a folder that can only be a dataset: that of an AOF has a manifest, and is a snapshot. */
export function isDatasetFolder(file: string): boolean {
  if (fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() !== true) return false;
  try {
    return !fs.readdirSync(file).some((name) => name.endsWith(".manifest"));
  } catch (cause) {
    throw new IoError(`cannot read ${file}: ${reasonOf(cause)}`, { cause });
  }
}
