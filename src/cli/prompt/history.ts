import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { reasonOf } from "../../errors.ts";
import type { Cli } from "../io.ts";

/** Statements that are kept. */
const MAX_ENTRIES = 1000;
/** Bytes of the file: of a longer one only the end is read, and it is written anew. */
const MAX_BYTES = 1024 ** 2;
const MAX_ENTRY_LENGTH = 16 * 1024;
const OWNER_ONLY = 0o600;
const FOLDER_OWNER_ONLY = 0o700;

/** Where statements are kept: in the folder for state of the XDG base directories, of which relative ones do not count. */
export function historyFile({ XDG_STATE_HOME: state = "" }: Cli["env"]): string {
  const folder = path.isAbsolute(state) ? state : path.join(os.homedir(), ".local", "state");
  return path.join(folder, "rdbscope", "query-history");
}

/** The statements of this and earlier prompts, a line each in a file of which only its owner reads. It never fails. */
export class History {
  /** The last one first. */
  readonly entries: string[];
  private readonly file: string | undefined;
  private readonly warn: (message: string) => void;
  private isWarned = false;

  /** Without a `file` it lasts as long as the prompt. A failure is told once. */
  constructor(file: string | undefined, warn: (message: string) => void) {
    this.file = file;
    this.warn = warn;
    this.entries = (this.tried((name) => read(name)) ?? []).reverse();
  }

  /** Remembers a statement, but not the same one twice in a row. */
  add(statement: string): void {
    if (statement === this.entries[0] || statement.length > MAX_ENTRY_LENGTH) return;
    this.entries.unshift(statement);
    this.entries.splice(MAX_ENTRIES);
    this.tried((name) => append(name, statement));
  }

  private tried<T>(work: (file: string) => T): T | undefined {
    if (this.file === undefined) return undefined;
    try {
      return work(this.file);
    } catch (cause) {
      if (!this.isWarned) this.warn(`cannot keep the history in ${this.file}: ${reasonOf(cause)}`);
      this.isWarned = true;
      return undefined;
    }
  }
}

/** The last statements, the oldest first. */
function read(file: string): string[] {
  const found = fs.statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (!found.isFile()) throw new Error("it is no file");
  const lines = tail(file, found.size).split("\n");
  const entries = lines.filter((line) => line !== "" && !/\p{Cc}/u.test(line)).slice(-MAX_ENTRIES);
  if (lines.length > 2 * MAX_ENTRIES || found.size > MAX_BYTES) rewrite(file, entries);
  return entries;
}

/** The end of a file, from the beginning of a line on. */
function tail(file: string, size: number): string {
  const start = Math.max(0, size - MAX_BYTES);
  const fd = fs.openSync(file, "r");
  try {
    const bytes = Buffer.alloc(size - start);
    const text = bytes.toString("utf8", 0, fs.readSync(fd, bytes, 0, bytes.length, start));
    return start === 0 ? text : text.slice(text.indexOf("\n") + 1);
  } finally {
    fs.closeSync(fd);
  }
}

function rewrite(file: string, entries: readonly string[]): void {
  const temporary = `${file}.${process.pid}`;
  fs.writeFileSync(temporary, entries.map((line) => `${line}\n`).join(""), { mode: OWNER_ONLY });
  fs.renameSync(temporary, file);
}

function append(file: string, statement: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: FOLDER_OWNER_ONLY });
  const found = fs.statSync(file, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile()) throw new Error("it is no file");
  const fd = fs.openSync(file, "a", OWNER_ONLY);
  try {
    fs.fchmodSync(fd, OWNER_ONLY); // A statement may hold names of keys.
    fs.writeSync(fd, `${statement}\n`);
  } finally {
    fs.closeSync(fd);
  }
}
