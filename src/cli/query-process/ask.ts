import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fromErrorRecord, IoError } from "../../errors.ts";
import { Interrupted } from "../exit-status.ts";
import type { DatasetTask, ExplainTask, QueryTask, Report } from "./protocol.ts";

/** How a process ended. */
interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Has a query answered by a process of its own that runs `program`, which writes the rows to our stdout, or hands what it
 * writes to `take`; waits for its end.
 * @throws {UsageError} when the statement is refused, or took more than its limits
 * @throws {IoError} when the inventory cannot be read, or the process died
 */
export async function askInProcess(
  program: string,
  task: QueryTask | DatasetTask | ExplainTask,
  signal: AbortSignal,
  onReport: (report: Report) => void,
  take?: (output: Readable) => void,
): Promise<void> {
  const child = spawn(process.execPath, [...process.execArgv, program], {
    stdio: ["pipe", take === undefined ? "inherit" : "pipe", "ignore", "pipe"],
    env: { ...process.env, SQLITE_TMPDIR: task.limits.sortFolder },
  });
  const kill = () => child.kill("SIGKILL");
  signal.addEventListener("abort", kill, { once: true });
  let failed: Report["failed"];
  createInterface(child.stdio[3] as Readable).on("line", (line) => {
    const report: Report = JSON.parse(line);
    failed ??= report.failed;
    onReport(report);
  });
  take?.(child.stdout as Readable);
  child.stdin!.on("error", () => {}); // It ended early: how, the end tells.
  child.stdin!.end(JSON.stringify(task));
  try {
    const end = await endOf(child);
    if (failed !== undefined) throw fromErrorRecord(failed);
    checkEnd(end);
  } finally {
    signal.removeEventListener("abort", kill);
  }
}

function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => {
      reject(new IoError(`cannot start the process of the query: ${cause.message}`, { cause }));
    });
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
}

/** Ctrl-C on a terminal reaches both processes; all other deaths are failures around us. */
function checkEnd({ code, signal }: End): void {
  if (signal === "SIGINT" || signal === "SIGTERM") throw new Interrupted("interrupted");
  if (code === 0) return;
  const hint = signal === "SIGKILL" ? ", perhaps for want of memory" : "";
  throw new IoError(`the process of the query died (${signal ?? `status ${code}`})${hint}`);
}
