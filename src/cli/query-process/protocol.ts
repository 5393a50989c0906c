import fs from "node:fs";
import type { ErrorRecord } from "../../errors.ts";
import type { FormatName } from "../../reports/index.ts";

/** What the process of a query is asked; it comes as JSON on its standard input. */
export interface QueryTask {
  /** The process that waits for the answer: without it there is nobody to answer. */
  readonly parent: number;
  readonly path: string;
  /** As messages call the inventory. */
  readonly name: string;
  readonly sql: string;
  readonly format: FormatName;
  readonly color: boolean;
  readonly rawCsv?: boolean | undefined;
  readonly limits: QueryLimits;
}

/** What a query may take; 0: no limit. */
export interface QueryLimits {
  readonly timeoutMs: number;
  /** Resident bytes of its process. */
  readonly maxMemory: number;
  /** Where SQLite sorts what is too large for memory. */
  readonly sortFolder: string;
}

/** What the process of a query tells beside its rows, a line of JSON each. */
export interface Report {
  /** The inventory's name is needed no more. */
  readonly opened?: true;
  readonly note?: string;
  readonly failed?: ErrorRecord;
}

/** Where reports go: the first descriptor behind the standard ones. */
export const REPORTS_FD = 3;

/** Tells the waiting process something, before anything else happens. */
export function tell(report: Report): void {
  try {
    fs.writeSync(REPORTS_FD, `${JSON.stringify(report)}\n`);
  } catch {
    // Nobody is left to be told; the watchdog ends us.
  }
}

/** Cells of the memory that a query and its watchdog share; on the unused one the watchdog sleeps. */
export const CELL = { unused: 0, waiting: 1, count: 2 } as const;
