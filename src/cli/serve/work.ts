import fs from "node:fs";
import { IoError, reasonOf } from "../../errors.ts";
import { askInProcess } from "../query-process/ask.ts";
import type { ExplainTask, QueryLimits, QueryTask } from "../query-process/protocol.ts";
import { QUERY_PROGRAM } from "../query-program.ts";
import { Refusal } from "./refusal.ts";

/** Processes that may run at once: a person asks one thing after another. */
const MOST_AT_ONCE = 2;

/** What a process answered: whole lines, as many as were wanted. */
export interface Output {
  readonly text: string;
  readonly notes: readonly string[];
  readonly isCut: boolean;
}

/** How much of an answer is taken; a process that has more to say is ended. */
export interface Room {
  readonly lines: number;
  readonly bytes: number;
}

type WithoutSurroundings<T> = Omit<T, "parent" | "path" | "name" | "limits">;

/** Has questions about one inventory answered, each by a process of its own that is ended at a limit. */
export class Work {
  private running = 0;
  private readonly file: { readonly path: string; readonly name: string };
  private readonly limits: QueryLimits;
  private readonly identity: string;

  constructor(file: { readonly path: string; readonly name: string }, limits: QueryLimits) {
    this.file = file;
    this.limits = limits;
    this.identity = identityOf(file.path);
  }

  /**
   * @throws {Refusal} when too many run already
   * @throws {UsageError} when the statement is refused, or took more than its limits
   * @throws {IoError} when the inventory is not the one that is served any more, or cannot be read
   */
  async ask(
    task: WithoutSurroundings<QueryTask> | WithoutSurroundings<ExplainTask>,
    room: Room,
    signal: AbortSignal,
  ): Promise<Output> {
    if (this.running >= MOST_AT_ONCE) {
      throw new Refusal(429, `${MOST_AT_ONCE} questions are being answered already: wait, or cancel one`);
    }
    this.running++;
    try {
      const { path, name } = this.file;
      if (identityOf(path) !== this.identity) {
        throw new IoError(`${name} was changed or replaced while it was served: start rdbscope serve again`);
      }
      return await collected({ ...task, parent: process.pid, path, name, limits: this.limits }, room, signal);
    } finally {
      this.running--;
    }
  }
}

async function collected(task: QueryTask | ExplainTask, room: Room, signal: AbortSignal): Promise<Output> {
  const notes: string[] = [];
  const chunks: Buffer[] = [];
  const full = new AbortController();
  let [bytes, lines] = [0, 0];
  const take = (chunk: Buffer) => {
    if (full.signal.aborted) return;
    chunks.push(chunk);
    bytes += chunk.length;
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) lines++;
    if (bytes > room.bytes || lines > room.lines) full.abort();
  };
  const onReport = ({ note }: { note?: string }) => {
    if (note !== undefined) notes.push(note);
  };
  try {
    const ended = AbortSignal.any([signal, full.signal]);
    await askInProcess(QUERY_PROGRAM, task, ended, onReport, (output) => output.on("data", take));
  } catch (error) {
    if (!full.signal.aborted || signal.aborted) throw error;
  }
  const isCut = full.signal.aborted;
  const text = Buffer.concat(chunks).toString("utf8");
  return { text: isCut ? wholeLines(text, room.lines) : text, notes, isCut };
}

const LF = 0x0a;

/** The first lines of a text, none of which is cut. */
function wholeLines(text: string, count: number): string {
  let end = 0;
  for (let lines = 0; lines < count; lines++) {
    const next = text.indexOf("\n", end) + 1;
    if (next === 0) break;
    end = next;
  }
  return text.slice(0, end);
}

/** What changes when another file has the name, or the file is written to. */
function identityOf(path: string): string {
  try {
    const { dev, ino, size, mtimeMs } = fs.statSync(path);
    return [dev, ino, size, mtimeMs].join(" ");
  } catch (cause) {
    throw new IoError(`cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
}
