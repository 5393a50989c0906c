import type { RecordReader } from "../parsers/records.ts";
import { toErrorRecord } from "../src/errors.ts";
import { Inbox } from "./inbox.ts";
import type { Answer, ChunkDone, ChunkOrder, ChunkTask, Damages } from "./protocol.ts";

/** What a thread does with each chunk, and what it says in the end. */
export interface ChunkWorker<R> {
  read(order: NonNullable<ChunkOrder>): ChunkDone;
  result(): R;
  close(): void;
}

/** Takes chunks from the task's port until there are no more. */
export async function takeChunks<R>(task: ChunkTask, make: () => ChunkWorker<R>): Promise<Answer<R>> {
  const orders = new Inbox<ChunkOrder>(task.port);
  try {
    const worker = make();
    try {
      for (let order = await orders.next(); order !== undefined; order = await orders.next()) {
        task.port.postMessage(worker.read(order));
      }
      return { value: worker.result() };
    } finally {
      worker.close();
    }
  } catch (error) {
    return { error: toErrorRecord(error) };
  } finally {
    task.port.close();
  }
}

/** As many as are named of a whole snapshot: readers go forward, so the first of all are among the first of each. */
const MAX_KEPT = 100;

/** Counts what is wrong inside the value just read; keeps the first, with the key's name. */
export function noteDamage(damages: Damages, records: RecordReader): void {
  if (records.damage === undefined) return;
  damages.count++;
  if (damages.first.length >= MAX_KEPT) return;
  const { code, offset, message } = records.damage;
  const name = new TextDecoder().decode(records.key.subarray(0, Math.min(80, records.keyLength)));
  damages.first.push({ code, offset, message: `${message}, in the value of ${JSON.stringify(name)}` });
}
