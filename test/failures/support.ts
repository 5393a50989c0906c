import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { RdbWriter } from "../../bench/rdb-writer.ts";
import { SHAPES } from "../../bench/shapes.ts";

const at = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const ROOT = at("../..");
const INJECT = at("./inject.js");

/** node's arguments that run the CLI. */
export const CLI = [at("../../bin/rdbscope.js")];

export function newFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-failures-"));
}

/** Writes a snapshot of so many small keys; several chunks from some 15,000 on. */
export function writeSnapshot(file: string, keys: number): void {
  const writer = new RdbWriter(file, 1);
  SHAPES.small!(writer, { keys });
  writer.finish();
}

/** How a run ended. */
interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

/** Runs the CLI to its end, with `ulimit -f` of so many blocks of 512 bytes. */
export function runLimited(blocks: number, args: readonly string[]): Promise<Ended> {
  const script = `ulimit -f ${blocks}; exec "$@"`;
  return ended("sh", ["-c", script, "sh", process.execPath, ...CLI, ...args]);
}

/** Runs the CLI to its end while something goes wrong in it: see `inject.js`. */
export function runInjected(injected: string, args: readonly string[]): Promise<Ended> {
  const options = ["--max-old-space-size=128", "--import", INJECT, ...CLI];
  return ended(process.execPath, [...options, ...args], { RDBSCOPE_INJECT: injected });
}

function ended(command: string, args: readonly string[], more: Record<string, string> = {}): Promise<Ended> {
  const env = { ...process.env, ...more };
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.on("error", reject).on("close", (status, signal) => resolve({ status, signal, stderr }));
  });
}

/** What is wrong with an inventory: nothing when it is complete. */
export function faultOf(inventory: string): string | undefined {
  try {
    const db = new Database(inventory, { readonly: true, fileMustExist: true });
    try {
      const sound = db.pragma("integrity_check", { simple: true });
      if (sound !== "ok") return String(sound);
      const told = db.prepare("SELECT sum(stored_rows) FROM snapshots WHERE complete").pluck().get();
      const rows = db.prepare("SELECT count(*) FROM key_rows").pluck().get();
      return told === rows ? undefined : `${rows} rows, not ${told}`;
    } finally {
      db.close();
    }
  } catch (error) {
    return (error as Error).message;
  }
}
