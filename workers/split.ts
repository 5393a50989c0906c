import { RdbError } from "../parsers/errors.ts";
import { findGaps, type Gap } from "../parsers/salvage/gaps.ts";
import { type Chunk, noFacts, Splitter } from "../parsers/splitter.ts";
import { toErrorRecord } from "../src/errors.ts";
import { FileSource } from "../src/io/file-source.ts";
import { began } from "./began.ts";
import { Inbox } from "./inbox.ts";
import { lostRanges, placeOf } from "./places.ts";
import type { SplitMessage, SplitResult, SplitTask } from "./protocol.ts";

/** Finds the chunks of a snapshot and posts them, as many at once as there are credits. */
export default async function split(task: SplitTask): Promise<SplitResult> {
  began();
  let source: FileSource | undefined;
  try {
    source = new FileSource(task.path, task.identity);
    return await new ChunkPoster(task, source).run();
  } catch (error) {
    return { facts: noFacts(), chunks: 0, gaps: [], error: toErrorRecord(error) };
  } finally {
    task.port.close();
    source?.close();
  }
}

class ChunkPoster {
  private readonly task: SplitTask;
  private readonly source: FileSource;
  private readonly done: Inbox<unknown>;
  private readonly gaps: readonly Gap[];
  private readonly splitter: Splitter;
  /** Where the name of the last key before each gap stands. */
  private readonly keysBefore: number[] = [];
  private credits: number;
  private chunks = 0;
  private templatesSent = 0;
  private begun = false;

  constructor(task: SplitTask, source: FileSource) {
    this.task = task;
    this.source = source;
    this.done = new Inbox(task.port);
    this.credits = task.credits;
    this.gaps = task.salvage ? findGaps(source, task.header) : [];
    this.splitter = new Splitter(source, task.header, { ...task, gaps: this.gaps });
  }

  async run(): Promise<SplitResult> {
    const { splitter, source, task } = this;
    const { facts } = splitter;
    try {
      for (let chunk = splitter.next(); chunk !== undefined; chunk = splitter.next()) await this.post(chunk);
      const gaps = lostRanges(source, task.header, this.gaps, this.keysBefore);
      return { facts, chunks: this.chunks, gaps };
    } catch (error) {
      const place = error instanceof RdbError ? { place: placeOf(source, splitter, error.offset) } : {};
      return { facts, chunks: this.chunks, gaps: [], error: toErrorRecord(error), ...place };
    }
  }

  private async post(chunk: Chunk): Promise<void> {
    const { task, splitter } = this;
    const { templates, aux } = splitter.facts;
    // The fields at the beginning may stand on both sides of damaged bytes: the first keys end them.
    const begins = !this.begun && (chunk.keys > 0 || this.credits === 1);
    const message: SplitMessage = {
      chunk,
      templates: templates.slice(this.templatesSent),
      ...(begins ? { aux } : {}),
    };
    this.begun ||= begins;
    this.templatesSent = templates.length;
    this.chunks++;
    if (chunk.lost === true) this.keysBefore.push(splitter.lastKeyAt);
    task.port.postMessage(message);
    if (--this.credits > 0) return;
    await this.done.next();
    this.credits++;
  }
}
