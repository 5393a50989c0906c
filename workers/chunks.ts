import type { RecordReader } from "../parsers/records.ts";
import { toErrorRecord } from "../src/errors.ts";
import { Inbox } from "./inbox.ts";
import type { Answer, ChunkDone, ChunkOrder, ChunkTask, Damage } from "./protocol.ts";

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

const MAX_DAMAGES = 100;

/** Keeps what is wrong inside the value just read, with its key's name. */
export function noteDamage(damages: Damage[], records: RecordReader): void {
  if (records.damage === undefined || damages.length >= MAX_DAMAGES) return;
  const { code, offset, message } = records.damage;
  const name = new TextDecoder().decode(records.key.subarray(0, Math.min(80, records.keyLength)));
  damages.push({ code, offset, message: `${message}, in the value of ${JSON.stringify(name)}` });
}
