import { IoError, toErrorRecord, UsageError } from "../../errors.ts";
import { type Inventory, openInventory } from "../../inventory/open.ts";
import type { Row, Section } from "../../queries/answer.ts";
import { damageNotes } from "../../queries/notes.ts";
import { query } from "../../queries/query.ts";
import { HASHED_NOTE } from "../../queries/scope.ts";
import { snapshots } from "../../queries/snapshots.ts";
import { ClosedOutput, EXIT, statusOf } from "../exit-status.ts";
import { layoutOf, processCli, writeParts } from "../io.ts";
import { type QueryTask, tell } from "./protocol.ts";

/** Longest text or blob of an answer: six characters for one, as JSON may need, still make a string. */
const MAX_VALUE_LENGTH = 64 * 1024 * 1024;

/** Asks the inventory and writes the rows to stdout; what goes wrong is told to the waiting process. */
export async function answer(task: QueryTask, onWaiting: (waiting: boolean) => void): Promise<void> {
  try {
    const inventory = openInventory(task.path, task.name);
    tell({ opened: true });
    await write(inventory, task, onWaiting);
  } catch (error) {
    if (error instanceof ClosedOutput) return;
    const outside = statusOf(error) === EXIT.io && !(error instanceof IoError);
    tell({ failed: toErrorRecord(outside ? new IoError((error as Error).message) : error) });
  }
}

async function write(inventory: Inventory, task: QueryTask, onWaiting: (waiting: boolean) => void) {
  const { columns, rows } = query(inventory, task.sql);
  for (const note of damageNotes(inventory)) tell({ note });
  if (mentionsKeys(task.sql) && hasNoRows(inventory)) {
    tell({ note: `${task.name} was made with --keys none: it has no rows in keys` });
  }
  if (mentionsKeys(task.sql) && snapshots(inventory).some((one) => one.hashed_names !== null)) {
    tell({ note: HASHED_NOTE });
  }
  const section: Section = { name: "query", title: "", columns, rows: checked(rows) };
  const cli = processCli(onWaiting);
  await writeParts(cli, [{ section, extra: {} }], task.format, layoutOf(cli, task));
}

function* checked(rows: Iterable<Row>): Iterable<Row> {
  for (const row of rows) {
    for (const name in row) {
      const value = row[name];
      if ((typeof value === "string" || Buffer.isBuffer(value)) && value.length > MAX_VALUE_LENGTH) {
        throw new UsageError(
          `a value has more than ${MAX_VALUE_LENGTH} bytes: ask for parts of it with substr()`,
        );
      }
    }
    yield row;
  }
}

function mentionsKeys(sql: string): boolean {
  return /\b(?:from|join)\s+(?:keys|key_rows)\b/i.test(sql);
}

function hasNoRows(inventory: Inventory): boolean {
  const all = snapshots(inventory);
  return all.every((one) => one.stored_rows === 0) && all.some((one) => one.keys > 0 && one.filters === "{}");
}
