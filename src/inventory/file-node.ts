import path from "node:path";
import { withoutEndings } from "../io/snapshot-names.ts";

/** What a folder of a dataset may be called, wherever datasets are read. */
export const PARTITION_VALUE = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

const MAX_DERIVED = 100;

/** The name of a file without its endings, as a partition of a dataset is called: the same on every day, whatever folder it is in. */
export function fileNode(file: string): string {
  const base = file === "-" ? "stdin" : path.basename(path.resolve(file));
  const name = withoutEndings(base)
    .replace(/[^A-Za-z0-9._-]/g, "_")
    .slice(0, MAX_DERIVED);
  return PARTITION_VALUE.test(name) ? name : `_${name.slice(1)}`;
}
