import path from "node:path";
import { isSqliteError, isSystemError, RunError, reasonOf } from "../errors.ts";

/**
 * What to throw for an error met while an inventory was written to `file`: one of the system or of SQLite says which
 * folder it is about; any other stays what it is. Sources of snapshots name their own file.
 */
export function cannotWrite(file: string, cause: unknown): unknown {
  if (!isSystemError(cause) && !isSqliteError(cause)) return cause;
  return new RunError(`cannot write the inventory in ${path.dirname(file)}: ${reasonOf(cause)}`, { cause });
}
