import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { type ErrorRecord, fromErrorRecord, IoError } from "../errors.ts";
import { threadCode } from "../io/thread-code.ts";
import type { Value } from "../queries/answer.ts";

/** What the thread is given. */
export interface DuckTask {
  /** Statements that make the views; nothing is set any more after them. */
  readonly views: readonly string[];
  /** Files that may be read, and no other. */
  readonly files: readonly string[];
  readonly sql: string;
  readonly params: Readonly<Record<string, string | number | bigint | Uint8Array | null>>;
  /** Bytes that DuckDB may use; 0: its own limit. */
  readonly memoryLimit: number;
  /** Where it puts what does not fit into that. */
  readonly sortFolder: string;
  /** Threads of its own; undefined: as many as the machine has. */
  readonly threads?: number | undefined;
}

/** What the thread tells: columns first, then rows in pieces, an empty piece at the end. */
export type DuckMessage =
  | { readonly columns: readonly string[] }
  | { readonly rows: readonly (readonly Value[])[] }
  | { readonly failed: ErrorRecord };

/** Rows as they come, a piece at a time. */
export interface DuckCursor {
  readonly columns: readonly string[];
  readonly rows: Iterable<readonly Value[]>;
}

const MODULE = new URL(`../duckdb/thread${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

/** What the thread is told: one more piece is wanted, or nothing any more. */
export type DuckWish = "more" | "stop";

/**
 * Asks DuckDB, which has a thread of its own: its interface waits, and everything that writes rows takes them as they come. So
 * this thread sleeps until there are some. Returns when `use` has ended, and so has the thread: a process that exits while the
 * thread calls DuckDB dies of it (SIGABRT).
 * @throws {UsageError} when the statement is refused, or DuckDB is not installed; what `use` throws
 */
export async function withDuckDb(task: DuckTask, use: (cursor: DuckCursor) => Promise<void>): Promise<void> {
  const { port1: port, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(threadCode(MODULE), {
    eval: true,
    workerData: { ...task, port: port2, signal },
    transferList: [port2],
  });
  worker.on("error", () => {}); // The thread tells what it can; what it cannot, ends the process.
  const ended = new Promise((resolve) => worker.once("exit", resolve));
  const wish = (what: DuckWish) => port.postMessage(what);
  try {
    await use(cursorOf(port, signal, wish));
  } finally {
    wish("stop");
    await ended;
  }
}

function cursorOf(port: MessagePort, signal: Int32Array, wish: (what: DuckWish) => void): DuckCursor {
  let taken = 0;
  const next = (): DuckMessage => {
    for (;;) {
      const received = receiveMessageOnPort(port);
      if (received !== undefined) return received.message as DuckMessage;
      Atomics.wait(signal, 0, taken);
      taken = Atomics.load(signal, 0);
    }
  };
  const asked = (): DuckMessage => {
    const message = next();
    if ("failed" in message) throw fromErrorRecord(message.failed);
    wish("more");
    return message;
  };
  const first = asked();
  if (!("columns" in first)) throw new IoError("DuckDB answered without columns");
  return { columns: first.columns, rows: rowsOf(asked) };
}

function* rowsOf(next: () => DuckMessage): Iterable<readonly Value[]> {
  for (;;) {
    const message = next();
    if (!("rows" in message) || message.rows.length === 0) return;
    // What crossed to another thread has lost its class.
    for (const row of message.rows)
      yield row.map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value));
  }
}
