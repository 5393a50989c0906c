import fs from "node:fs";
import { toErrorRecord } from "../src/errors.ts";
import { cannotWrite } from "../src/inventory/cannot-write.ts";
import { describeNodes } from "../src/inventory/nodes.ts";
import { PageAllocator, plantLeaves } from "../src/inventory/pages.ts";
import { addIndexes, writeSummaries } from "../src/inventory/summaries.ts";
import { began } from "./began.ts";
import type { FinishResult, FinishTask } from "./protocol.ts";

/** Completes an inventory whose key rows are written: hangs them into their table, adds the summaries, syncs. */
export default function finish(task: FinishTask): FinishResult {
  began();
  try {
    const fd = fs.openSync(task.path, "r+");
    try {
      plantLeaves(fd, task.rootPage, task.leaves, new PageAllocator(task.pages));
      writeSummaries(task.path, task.snapshots, task.nameSecret, (db) => {
        describeNodes(db);
        addIndexes(db, task.index);
      });
      if (task.isKept) fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
    return {};
  } catch (error) {
    return { error: toErrorRecord(cannotWrite(task.path, error)) };
  }
}
