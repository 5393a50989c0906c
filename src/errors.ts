import { RdbError, type RdbErrorRecord } from "../parsers/errors.ts";

/** A wrong option, argument or target name: the caller's to mend. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Something around us failed: a file that cannot be read, a disk that is full, a thread that died. */
export class IoError extends Error {
  override readonly name: string = "IoError";
}

/** What is written cannot be, or a thread died: nothing that another snapshot would not meet as well. */
export class RunError extends IoError {
  override readonly name = "RunError";
}

/** Codes of files that failed without being damaged: what could not be read, and what cannot be, such as a folder. */
export const CANNOT_READ = "CANNOT_READ";
export const REFUSED = "REFUSED";

/** What is said of a file that failed: the code, and where in the snapshot; null: nowhere in particular. */
export function faultOf(error: Error): { readonly code: string; readonly offset: number | null } {
  if (error instanceof RdbError) return { code: error.code, offset: error.offset };
  return { code: error instanceof UsageError ? REFUSED : CANNOT_READ, offset: null };
}

/** Whether it is one file that is at fault, so that others may be read all the same. */
export function isOfFile(error: unknown): error is Error {
  if (error instanceof RunError) return false;
  return error instanceof RdbError || error instanceof IoError || error instanceof UsageError;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  ENOTDIR: "no such file or folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
  ENOSPC: "no space left on the disk",
  SQLITE_FULL: "no space left on the disk",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file is larger than the filesystem, or ulimit -f, allows",
  EROFS: "the filesystem is read-only",
  EIO: "the device fails (EIO)",
  EMFILE: "too many open files",
};

/** Why the system refused something, in a few words. */
export function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return REASONS[code ?? ""] ?? message.replace(/^(E[A-Z]+: [^,]+),.*$/, "$1");
}

/** Whether the system refused a call, or gave no memory: nothing that a snapshot or this program did wrong. */
export function isSystemError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return (
    ("syscall" in error && "errno" in error) ||
    code === "ERR_MEMORY_ALLOCATION_FAILED" ||
    (error instanceof RangeError && error.message === "Array buffer allocation failed")
  );
}

/** Whether it is SQLite's error. Its class is the binding's, and of each thread. */
export function isSqliteError(error: unknown): error is Error {
  return error instanceof Error && error.name === "SqliteError";
}

/** An error in a form that survives the hop between threads and processes. */
export interface ErrorRecord {
  readonly name: string;
  readonly message: string;
  readonly rdb?: RdbErrorRecord;
  readonly stack?: string;
}

/** Makes a record of an error on one side of a thread. */
export function toErrorRecord(error: unknown): ErrorRecord {
  if (error instanceof RdbError) return { name: error.name, message: error.message, rdb: error.toRecord() };
  if (isSystemError(error) || isSqliteError(error)) return { name: "IoError", message: reasonOf(error) };
  if (error instanceof Error) {
    return {
      name: error.name,
      message: error.message,
      ...(error.stack === undefined ? {} : { stack: error.stack }),
    };
  }
  return { name: "Error", message: String(error) };
}

/** Makes the error again on the other side. */
export function fromErrorRecord(record: ErrorRecord): Error {
  if (record.rdb !== undefined) return RdbError.fromRecord(record.rdb);
  if (record.name === "RunError") return new RunError(record.message);
  if (record.name === "IoError") return new IoError(record.message);
  if (record.name === "UsageError") return new UsageError(record.message);
  const error = new Error(record.message);
  if (record.stack !== undefined) error.stack = record.stack;
  return error;
}
