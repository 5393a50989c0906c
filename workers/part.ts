import { toErrorRecord } from "../src/errors.ts";
import { cannotWrite } from "../src/inventory/cannot-write.ts";
import { syncFile, writePart } from "../src/inventory/parts.ts";
import { began } from "./began.ts";
import type { FinishResult, PartTask } from "./protocol.ts";

/** Makes the part of a snapshot whose rows are written, so that nothing of it has to be read again. */
export default function part(task: PartTask): FinishResult {
  began();
  try {
    if (task.isKept) syncFile(task.rows);
    writePart(task);
    return {};
  } catch (error) {
    return { error: toErrorRecord(cannotWrite(task.part, error)) };
  }
}
