import { toErrorRecord } from "../src/errors.ts";
import { cannotWrite } from "../src/inventory/cannot-write.ts";
import { gatherInventory } from "../src/inventory/gather.ts";
import { began } from "./began.ts";
import type { FinishResult, GatherTask } from "./protocol.ts";

/** Makes an inventory of the rows and parts of several snapshots. */
export default function gather(task: GatherTask): FinishResult {
  began();
  try {
    gatherInventory(task);
    return {};
  } catch (error) {
    return { error: toErrorRecord(cannotWrite(task.rows, error)) };
  }
}
