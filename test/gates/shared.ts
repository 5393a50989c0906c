import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Prints that a gate had nothing to test, so loudly that nobody takes it for a pass. */
export function skipLoudly(gate: string, folder: string): void {
  const line = `${gate.toUpperCase()} GATE SKIPPED: ${folder} MISSING. NOTHING WAS CHECKED.`;
  console.log(`${"!".repeat(line.length)}\n${line}\n${"!".repeat(line.length)}`);
}

/** Runs with a folder that is removed afterwards. */
export async function withTempFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "rdbscope-gate-"));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rows of a tab-separated file whose first line names the columns. */
export function readTsv(text: string): Record<string, string>[] {
  const [head = "", ...lines] = text.split("\n").filter((line) => line !== "");
  const names = head.split("\t");
  return lines.map((line) => {
    const cells = line.split("\t");
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ""]));
  });
}
