import { IGNORE_ALL } from "../parsers/visitor.ts";
import { began } from "./began.ts";
import { ChunkRecords, type ChunkWorker, noteDamage, takeChunks } from "./chunks.ts";
import type { Answer, CheckResult, ChunkDone, ChunkOrder, ChunkTask, Damages } from "./protocol.ts";

/** Walks the chunks it is given for their structure and checksum alone. */
export default function check(task: ChunkTask): Promise<Answer<CheckResult>> {
  began();
  return takeChunks(task, () => new ChunkChecker(task));
}

class ChunkChecker implements ChunkWorker<CheckResult> {
  private readonly input: ChunkRecords;
  private readonly keysByType = new Array<number>(256).fill(0);
  private readonly damages: Damages = { first: [], count: 0 };
  private withExpiry = 0;
  private readonly record = (): void => {
    const { records } = this.input;
    this.keysByType[records.typeCode]!++;
    if (records.hasExpiry) this.withExpiry++;
    noteDamage(this.damages, records);
  };

  constructor(task: ChunkTask) {
    this.input = new ChunkRecords(task, IGNORE_ALL);
  }

  read(order: NonNullable<ChunkOrder>): ChunkDone {
    return this.input.each(order, this.record);
  }

  result(): CheckResult {
    return { keysByType: this.keysByType, withExpiry: this.withExpiry, damages: this.damages };
  }

  close(): void {
    this.input.close();
  }
}
