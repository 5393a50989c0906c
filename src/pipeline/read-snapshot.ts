import { MessageChannel, type MessagePort } from "node:worker_threads";
import { Crc64 } from "../../parsers/crc64.ts";
import { RdbError } from "../../parsers/errors.ts";
import { HEADER_BYTES, type RdbHeader } from "../../parsers/header.ts";
import type { SampleSpec } from "../../parsers/sample.ts";
import type { SnapshotFacts } from "../../parsers/splitter.ts";
import type {
  Answer,
  ChunkDone,
  ChunkOrder,
  ChunkTask,
  FaultPlace,
  LostRange,
  PlacedModel,
  SplitMessage,
  SplitResult,
  SplitTask,
} from "../../workers/protocol.ts";
import { fromErrorRecord } from "../errors.ts";
import { changed, isUnchanged } from "../io/file-source.ts";
import type { PatternSettings } from "../patterns/index.ts";
import type { WorkerPool } from "./pool.ts";
import { windowBytesFor } from "./windows.ts";

const CHUNK_BYTES = 2 ** 20;
/** Chunks a reader holds: the one it reads and the one that follows, so that it never waits for the main thread. */
const AHEAD = 2;
const CREDITS_PER_READER = 16;

/** What all threads found in one snapshot; `R` is what each reader returns. */
export interface ReadSnapshot<R> {
  readonly facts: SnapshotFacts;
  /** `unread`: the snapshot ends before it. */
  readonly checksum: Checksum;
  /** The CRC computed, where there is one to compare it with. */
  readonly crc: Pick<Crc64, "high" | "low">;
  readonly readers: readonly R[];
  /** What was passed over. */
  readonly gaps: readonly LostRange[];
  /** What ended the reading; everything else is about what stands before it. */
  readonly damage: { readonly error: RdbError; readonly place: FaultPlace } | undefined;
}

export type Checksum = "ok" | "absent" | "mismatch" | "unread";

/** How to read one snapshot: which worker reads its chunks, and `T`, what that worker wants to know besides. */
export interface ReadPlan<T extends object> {
  readonly path: string;
  /** Which file that is; another one in its place is not read. */
  readonly identity: string;
  readonly bytes: number;
  readonly header: RdbHeader;
  readonly readers: number;
  readonly worker: "read" | "check" | "compare";
  /** Whether damaged bytes are passed over. */
  readonly salvage?: boolean | undefined;
  /** How patterns are learnt from names; undefined: they are not. */
  readonly patterns?: PatternSettings | undefined;
  /** Which records are read; undefined: all. */
  readonly sample?: SampleSpec | undefined;
  /** The pool goes on when this snapshot fails: its threads are waited for. */
  readonly isShared?: boolean | undefined;
  /** Called once, with the fields at the beginning of the snapshot, before any record is read. */
  readonly begin: (aux: ReadonlyMap<string, string>) => T;
  readonly onChunk: (done: ChunkDone) => void;
}

/**
 * Lets one thread split a snapshot and the others read its chunks. This thread only passes chunks on: whoever is
 * ready takes the next. A file that was written to meanwhile is taken if what was read of it bears its checksum out.
 * @throws {RdbError} when a reader finds damage that the splitter did not see
 * @throws {IoError} when it cannot be read, or changed meanwhile
 */
export async function readSnapshot<T extends object, R>(
  pool: WorkerPool,
  plan: ReadPlan<T>,
): Promise<ReadSnapshot<R>> {
  try {
    const read = await readByAll<T, R>(pool, plan);
    if (read.checksum !== "ok") checkUnchanged(plan);
    return read;
  } catch (error) {
    if (error instanceof RdbError) checkUnchanged(plan);
    throw error;
  }
}

function checkUnchanged({ path, identity }: ReadPlan<object>): void {
  if (!isUnchanged(path, identity)) throw changed(path);
}

async function readByAll<T extends object, R>(pool: WorkerPool, plan: ReadPlan<T>): Promise<ReadSnapshot<R>> {
  const splitting = new MessageChannel();
  const dispatcher = new Dispatcher<T, R>(pool, plan, splitting.port1);
  const task: SplitTask = {
    path: plan.path,
    identity: plan.identity,
    header: plan.header,
    windowBytes: windowBytesFor(plan.bytes),
    chunkBytes: CHUNK_BYTES,
    credits: plan.readers * CREDITS_PER_READER,
    salvage: plan.salvage === true,
    patterns: plan.patterns,
    sample: plan.sample,
    port: splitting.port2,
  };
  splitting.port1.on("message", (message: SplitMessage) => dispatcher.add(message));
  const splitter = pool.run<SplitResult>("split", task, [splitting.port2]);
  try {
    const split = await Promise.race([splitter, dispatcher.failed]);
    const damage = damageOf(split);
    const readers = await Promise.race([dispatcher.finish(split), dispatcher.failed]);
    const crc = dispatcher.crc();
    const { facts, gaps } = split;
    return { facts, checksum: checksumOf(plan.header, facts, crc), crc, readers, gaps, damage };
  } finally {
    splitting.port1.close();
    dispatcher.close();
    if (plan.isShared === true) await Promise.allSettled([splitter, dispatcher.idle()]);
  }
}

/** @throws what went wrong, unless that is damage */
function damageOf({ error: record, place }: SplitResult): ReadSnapshot<unknown>["damage"] {
  if (record === undefined) return undefined;
  const error = fromErrorRecord(record);
  if (!(error instanceof RdbError) || place === undefined) throw error;
  return { error, place };
}

/** Passes chunks to readers in order and collects what they say. */
class Dispatcher<T extends object, R> {
  /** Rejects when a reader fails. */
  readonly failed: Promise<never>;
  private readonly pool: WorkerPool;
  private readonly plan: ReadPlan<T>;
  private readonly splitter: MessagePort;
  private readonly ports: MessagePort[] = [];
  private readonly results: Promise<Answer<R>>[] = [];
  private readonly templatesSeen: number[] = [];
  private readonly templates: number[] = [];
  private readonly modelsSeen: number[] = [];
  private readonly models: PlacedModel[] = [];
  private readonly waiting: SplitMessage[] = [];
  /** Readers that can take a chunk; one that can take two is in it twice. */
  private readonly ready: number[] = [];
  private readonly crcs: ChunkDone[] = [];
  private chunksDone = 0;
  private fail: (error: Error) => void = () => {};
  private onDrained: () => void = () => {};
  private expected = Number.POSITIVE_INFINITY;

  constructor(pool: WorkerPool, plan: ReadPlan<T>, splitter: MessagePort) {
    this.pool = pool;
    this.plan = plan;
    this.splitter = splitter;
    this.failed = new Promise((_, reject) => {
      this.fail = reject;
    });
    this.failed.catch(() => {});
  }

  add(message: SplitMessage): void {
    if (message.aux !== undefined) this.start(message.aux);
    for (const place of message.templates) this.templates.push(place);
    this.models.push(...message.models);
    this.waiting.push(message);
    this.dispatch();
  }

  /** Resolves when all chunks that the splitter found are read. */
  async finish({ chunks, facts }: SplitResult): Promise<R[]> {
    if (this.ports.length === 0) this.start(facts.aux);
    this.expected = chunks;
    this.dispatch();
    if (this.chunksDone < this.expected) {
      await new Promise<void>((resolve) => {
        this.onDrained = resolve;
      });
    }
    for (const port of this.ports) port.postMessage(undefined satisfies ChunkOrder);
    const results = await Promise.all(this.results);
    return results.map((result) => {
      if (result.error !== undefined) throw fromErrorRecord(result.error);
      return result.value;
    });
  }

  crc(): Crc64 {
    const crc = new Crc64();
    const header = new TextEncoder().encode(this.plan.header.magic);
    crc.update(header, 0, HEADER_BYTES);
    for (const { crcHigh, crcLow, bytes } of this.crcs) crc.append(crcHigh, crcLow, bytes);
    return crc;
  }

  close(): void {
    for (const port of this.ports) port.close();
  }

  /** Resolves when no reader is at work any more. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.results);
  }

  private start(aux: ReadonlyMap<string, string>): void {
    const { plan } = this;
    const common = plan.begin(aux);
    for (let worker = 0; worker < plan.readers; worker++) {
      const { port1, port2 } = new MessageChannel();
      const task: ChunkTask & T = {
        ...common,
        path: plan.path,
        identity: plan.identity,
        header: plan.header,
        windowBytes: windowBytesFor(plan.bytes),
        worker,
        checksum: plan.header.hasChecksum,
        salvage: plan.salvage === true,
        patterns: plan.patterns,
        port: port2,
      };
      port1.on("message", (done: ChunkDone) => this.done(worker, done));
      this.ports.push(port1);
      this.templatesSeen.push(0);
      this.modelsSeen.push(0);
      const running = this.pool.run<Answer<R>>(plan.worker, task, [port2]);
      running.then(
        (result) => {
          if (result.error !== undefined) this.fail(fromErrorRecord(result.error));
        },
        (error) => this.fail(error),
      );
      this.results.push(running);
    }
    for (let i = 0; i < AHEAD; i++)
      for (let worker = 0; worker < plan.readers; worker++) this.ready.push(worker);
  }

  private dispatch(): void {
    while (this.waiting.length > 0 && this.ready.length > 0) {
      const worker = this.ready.shift()!;
      const { chunk } = this.waiting.shift()!;
      const order: ChunkOrder = {
        chunk,
        templates: this.templates.slice(this.templatesSeen[worker]),
        models: this.models.slice(this.modelsSeen[worker]),
      };
      this.templatesSeen[worker] = this.templates.length;
      this.modelsSeen[worker] = this.models.length;
      this.ports[worker]!.postMessage(order);
    }
  }

  private done(worker: number, done: ChunkDone): void {
    this.crcs[done.index] = done;
    this.chunksDone++;
    this.splitter.postMessage(0);
    this.plan.onChunk(done);
    this.ready.push(worker);
    this.dispatch();
    if (this.chunksDone >= this.expected) this.onDrained();
  }
}

/** Whether the checksum that a snapshot ends with is that of its bytes. */
export function checksumOf(
  header: RdbHeader,
  { checksum }: SnapshotFacts,
  crc: Pick<Crc64, "high" | "low">,
): Checksum {
  if (!header.hasChecksum) return "absent";
  if (checksum === undefined) return "unread";
  if (checksum.high === 0 && checksum.low === 0) return "absent";
  return checksum.high === crc.high && checksum.low === crc.low ? "ok" : "mismatch";
}
