import { Crc64 } from "../parsers/crc64.ts";
import { RecordReader } from "../parsers/records.ts";
import { TemplateStore } from "../parsers/templates.ts";
import type { ValueVisitor } from "../parsers/visitor.ts";
import { FileSource } from "../src/io/file-source.ts";
import { type ChunkWorker, noteDamage, takeChunks } from "./chunks.ts";
import type { Answer, CheckResult, ChunkDone, ChunkOrder, ChunkTask, Damages } from "./protocol.ts";

/** Walks the chunks it is given for their structure and checksum alone. */
export default function check(task: ChunkTask): Promise<Answer<CheckResult>> {
  return takeChunks(task, () => new ChunkChecker(task));
}

const ignore = (): void => {};

/** Looks at nothing: the walk itself finds what is damaged. */
const BLIND: ValueVisitor = {
  begin: ignore,
  blob: ignore,
  plainNode: ignore,
  text: ignore,
  integer: ignore,
  score: ignore,
  fieldExpiry: ignore,
  streamNode: ignore,
  streamLength: ignore,
  streamGroup: ignore,
  streamPending: ignore,
  streamConsumer: ignore,
  streamConsumerPending: ignore,
  streamProducer: ignore,
  module: ignore,
  template: ignore,
  end: ignore,
};

class ChunkChecker implements ChunkWorker<CheckResult> {
  private readonly task: ChunkTask;
  private readonly source: FileSource;
  private readonly records: RecordReader;
  private readonly templates: TemplateStore;
  private readonly crc = new Crc64();
  private readonly keysByType = new Array<number>(256).fill(0);
  private readonly damages: Damages = { first: [], count: 0 };
  private withExpiry = 0;

  constructor(task: ChunkTask) {
    this.task = task;
    this.source = new FileSource(task.path);
    this.records = new RecordReader(task.windowBytes, BLIND);
    this.templates = new TemplateStore(this.source);
    this.records.values.templates = this.templates;
  }

  read({ chunk, templates }: NonNullable<ChunkOrder>): ChunkDone {
    const { crc, records, task } = this;
    this.templates.add(templates);
    crc.reset();
    const onBytes = (bytes: Uint8Array, start: number, end: number) => crc.update(bytes, start, end);
    records.begin(this.source, task.header, chunk, task.checksum ? onBytes : undefined);
    while (records.next()) {
      this.keysByType[records.typeCode]!++;
      if (records.hasExpiry) this.withExpiry++;
      noteDamage(this.damages, records);
    }
    return {
      index: chunk.index,
      bytes: chunk.end - chunk.start,
      keys: chunk.keys,
      crcHigh: crc.high,
      crcLow: crc.low,
    };
  }

  result(): CheckResult {
    return { keysByType: this.keysByType, withExpiry: this.withExpiry, damages: this.damages };
  }

  close(): void {
    this.source.close();
  }
}
