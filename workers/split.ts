import { RdbError } from "../parsers/errors.ts";
import { findGaps, type Gap } from "../parsers/salvage/gaps.ts";
import { type Chunk, noFacts, Splitter } from "../parsers/splitter.ts";
import { toErrorRecord } from "../src/errors.ts";
import { FileSource } from "../src/io/file-source.ts";
import { began } from "./began.ts";
import { Inbox } from "./inbox.ts";
import { NameSampler } from "./name-sampler.ts";
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
  private readonly sampler: NameSampler | undefined;
  /** What waits until the names in it have taught enough. */
  private held: SplitMessage[] = [];
  private begun = false;
  private failure: { readonly error: unknown } | undefined;

  constructor(task: SplitTask, source: FileSource) {
    this.task = task;
    this.source = source;
    this.done = new Inbox(task.port);
    this.credits = task.credits;
    this.gaps = task.salvage ? findGaps(source, task.header) : [];
    this.sampler = task.patterns === undefined ? undefined : new NameSampler(task.patterns);
    const names = this.sampler;
    this.splitter = new Splitter(source, task.header, { ...task, gaps: this.gaps, names });
  }

  async run(): Promise<SplitResult> {
    const { splitter, source, task } = this;
    const { facts } = splitter;
    try {
      for (let chunk = this.next(); chunk !== undefined; chunk = this.next()) await this.take(chunk);
      await this.release();
      if (this.failure !== undefined) throw this.failure.error;
      const gaps = lostRanges(source, task.header, this.gaps, this.keysBefore);
      return { facts, chunks: this.chunks, gaps };
    } catch (error) {
      const place = error instanceof RdbError ? { place: placeOf(source, splitter, error.offset) } : {};
      return { facts, chunks: this.chunks, gaps: [], error: toErrorRecord(error), ...place };
    }
  }

  private next(): Chunk | undefined {
    try {
      return this.splitter.next();
    } catch (error) {
      this.failure = { error };
      return undefined;
    }
  }

  private async take(chunk: Chunk): Promise<void> {
    const { splitter, sampler } = this;
    const { templates, aux } = splitter.facts;
    // The fields at the beginning may stand on both sides of damaged bytes: the first keys end them.
    const begins = !this.begun && (chunk.keys > 0 || this.credits === 1);
    const message: SplitMessage = {
      chunk,
      models: [],
      templates: templates.slice(this.templatesSent),
      ...(begins ? { aux } : {}),
    };
    this.begun ||= begins;
    this.templatesSent = templates.length;
    this.chunks++;
    if (chunk.lost === true) this.keysBefore.push(splitter.lastKeyAt);
    this.held.push(message);
    if (sampler === undefined || !sampler.isTaking(chunk.end)) await this.release();
  }

  /** Posts what waits, and what was learnt. */
  private async release(): Promise<void> {
    let models = this.sampler?.take() ?? [];
    const messages = this.held;
    this.held = [];
    for (const message of messages) {
      this.task.port.postMessage({ ...message, models } satisfies SplitMessage);
      models = [];
      if (--this.credits > 0) continue;
      await this.done.next();
      this.credits++;
    }
  }
}
