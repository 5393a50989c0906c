import os from "node:os";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { AskSql } from "../check/rule.ts";
import type { Row, Value } from "../queries/answer.ts";
import { interruptible } from "./interrupt.ts";
import { askInProcess } from "./query-process/ask.ts";
import { toParamRecords } from "./query-process/protocol.ts";
import { QUERY_PROGRAM } from "./query-program.ts";

interface Limits {
  /** Milliseconds; 0: none. */
  readonly timeout: number;
  /** Bytes; 0: no limit. */
  readonly maxMemory: number;
  readonly tempDir?: string | undefined;
}

/** Asks SQL of an inventory file in a process of its own, within limits, and has its rows told here. */
export function askChild(
  { path, name }: { readonly path: string; readonly name: string },
  { timeout: timeoutMs, maxMemory, tempDir }: Limits,
): AskSql {
  const limits = { timeoutMs, maxMemory, sortFolder: tempDir ?? os.tmpdir() };
  return (sql, params, onRow) => {
    const statement = { sql, params: toParamRecords(params) };
    const task = {
      parent: process.pid,
      path,
      name,
      statement,
      format: "ndjson",
      color: false,
      limits,
    } as const;
    const onLine = (line: string) => onRow(rowOf(line));
    const take = (output: Readable) => void createInterface(output).on("line", onLine);
    return interruptible((signal) => askInProcess(QUERY_PROGRAM, task, signal, () => {}, take));
  };
}

/** A row as JSON has it; bytes that are no text stand there as `{"base64": "…"}`. */
function rowOf(line: string): Row {
  const row = JSON.parse(line) as Record<string, Value | { readonly base64: string }>;
  const values = Object.entries(row).map(([name, value]): [string, Value] =>
    typeof value === "object" && value !== null && "base64" in value
      ? [name, Buffer.from(value.base64, "base64")]
      : [name, value],
  );
  return Object.fromEntries(values);
}
