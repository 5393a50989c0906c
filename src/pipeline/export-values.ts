import { MessageChannel, type MessagePort } from "node:worker_threads";
import { RdbError } from "../../parsers/errors.ts";
import { Splitter } from "../../parsers/splitter.ts";
import type { Answer, Damage, ValuesProgress, ValuesResult, ValuesTask } from "../../workers/protocol.ts";
import { fromErrorRecord } from "../errors.ts";
import { changed, FileSource, isUnchanged } from "../io/file-source.ts";
import type { InputOptions } from "../io/inputs/index.ts";
import { counted } from "../queries/words.ts";
import type { ValueFormat } from "../values/formats.ts";
import type { Progress } from "./analyze.ts";
import type { KeyFilter } from "./filter.ts";
import { runGuarded } from "./guard.ts";
import { inputNotes } from "./input-notes.ts";
import { originOf, type Plan } from "./origin.ts";
import { WorkerPool } from "./pool.ts";
import { type Checksum, checksumOf } from "./read-snapshot.ts";
import { lostRangesOf, salvageWarnings } from "./salvage.ts";
import { checkChoice, specOf, type TargetChoice } from "./target-choice.ts";
import { withPlan } from "./with-plan.ts";

const WINDOW_BYTES = 2 ** 20;
/** Pieces of 256 KiB that may be on their way: as much as is held. */
const CREDITS = 16;
const STOP = -1;

export interface ExportValuesOptions extends TargetChoice, InputOptions {
  /** A snapshot in whatever form. */
  readonly input: string;
  readonly format: ValueFormat;
  readonly filters?: KeyFilter | undefined;
  /** Takes the next bytes, some 256 KiB; no more are read from the snapshot than it takes. What it rejects with ends the export. */
  readonly take: (piece: Uint8Array) => Promise<void>;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What was exported. */
export interface ExportedValues {
  readonly path: string;
  /** Written; and read, be they wanted or not. */
  readonly keys: number;
  readonly keysRead: number;
  readonly checksum: Checksum;
  readonly checksumOffset: number;
  /** Damaged values, of which what could be read was written: how many, and the first of them. */
  readonly damagedValues: number;
  readonly damages: readonly Damage[];
  /** Whether something was passed over. */
  readonly salvaged: boolean;
  /** What is not in the export as it was in the snapshot. */
  readonly notes: readonly string[];
}

/**
 * Writes the values of a whole snapshot, or of the keys that are filtered, in its order. What is held is one element,
 * at most, and some MiB.
 * @throws {RdbError} at the first byte that makes no sense (with `salvage`, when nothing does), {IoError}, {UsageError}
 */
export async function exportValues(options: ExportValuesOptions): Promise<ExportedValues> {
  checkChoice(options);
  options.signal?.throwIfAborted();
  return withPlan(options.input, options, (plan) => exportPlan(plan, options));
}

async function exportPlan(plan: Plan, options: ExportValuesOptions): Promise<ExportedValues> {
  const origin = originOf(plan, auxOf(plan));
  const { file: path, identity, header } = plan;
  const pool = new WorkerPool(1);
  const { port1, port2 } = new MessageChannel();
  const credits = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const taker = new Taker(port1, new Int32Array(credits), options, plan.bytes);
  const stop = () => taker.stop();
  options.signal?.addEventListener("abort", stop, { once: true });
  const { format, filters: filter = {} } = options;
  const salvage = options.salvage === true;
  const common = { path, identity, header, format, filter, salvage, createdAt: origin.createdAt };
  const task: ValuesTask = { ...common, target: specOf(origin, options), port: port2, credits };
  try {
    const result = await runGuarded(pool, options.signal, async () => {
      const answer = await Promise.race([
        pool.run<Answer<ValuesResult>>("values", task, [port2]),
        taker.failed,
      ]);
      await Promise.race([taker.done, taker.failed]);
      if (answer.error !== undefined) throw advised(fromErrorRecord(answer.error));
      return answer.value;
    });
    return exported(plan, format, result);
  } catch (error) {
    if (error instanceof RdbError && !isUnchanged(path, identity)) throw changed(path);
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", stop);
    taker.stop();
  }
}

/** Damage ends an export, unless it is to be passed over. */
function advised(error: Error): Error {
  if (!(error instanceof RdbError)) return error;
  return new RdbError(error.code, error.offset, error.detail, "export --salvage passes over what is damaged");
}

/** The fields at the beginning of a snapshot, as far as it can be read. */
function auxOf(plan: Plan): ReadonlyMap<string, string> {
  const source = new FileSource(plan.file, plan.identity);
  const splitter = new Splitter(source, plan.header, { windowBytes: WINDOW_BYTES, chunkBytes: 1 });
  try {
    while (splitter.facts.keys === 0 && splitter.next() !== undefined);
    return splitter.facts.aux;
  } catch (error) {
    // Whoever reads the snapshot tells what is wrong with it.
    if (error instanceof RdbError) return splitter.facts.aux;
    throw error;
  } finally {
    source.close();
  }
}

/** Passes on what the thread writes, as fast as it is taken. */
class Taker {
  /** Resolves when all of it was taken. */
  readonly done: Promise<void>;
  /** Rejects when it could not be. */
  readonly failed: Promise<never>;
  private readonly port: MessagePort;
  private readonly credits: Int32Array;
  private last: Promise<void> = Promise.resolve();

  constructor(port: MessagePort, credits: Int32Array, options: ExportValuesOptions, bytesTotal: number) {
    const { take, onProgress } = options;
    this.port = port;
    this.credits = credits;
    credits[0] = CREDITS;
    let fail: (error: unknown) => void = () => {};
    this.failed = new Promise((_, reject) => {
      fail = reject;
    });
    this.failed.catch(() => this.stop());
    this.done = new Promise((resolve) => {
      port.on("message", (message: Uint8Array | ValuesProgress | null) => {
        if (message === null) this.last.then(resolve, fail);
        else if (!(message instanceof Uint8Array)) onProgress?.({ phase: "read", bytesTotal, ...message });
        else {
          this.last = this.last.then(() => take(message)).then(() => this.allow());
          this.last.catch(fail);
        }
      });
    });
  }

  stop(): void {
    Atomics.store(this.credits, 0, STOP);
    Atomics.notify(this.credits, 0);
    this.port.close();
  }

  private allow(): void {
    Atomics.add(this.credits, 0, 1);
    Atomics.notify(this.credits, 0);
  }
}

function exported(plan: Plan, format: ValueFormat, result: ValuesResult): ExportedValues {
  const { path, header, file, identity } = plan;
  const { facts, keys, damages, gaps, lost } = result;
  const passed = { facts, gaps, readers: [{ lost }] };
  const checksum = checksumOf(header, facts, { high: result.crcHigh, low: result.crcLow });
  if (checksum !== "ok" && !isUnchanged(file, identity)) throw changed(path);
  return {
    path,
    keys,
    keysRead: facts.keys - lost.count,
    checksum,
    checksumOffset: facts.checkedBytes,
    damagedValues: damages.count,
    damages: damages.first,
    salvaged: plan.salvaged || gaps.length + lost.count > 0,
    notes: [
      ...salvageWarnings(lostRangesOf(passed), passed).map(({ message }) => message),
      ...inputNotes(plan, facts.trailingBytes).map(({ message }) => message),
      ...notesOf(format, result),
    ],
  };
}

function notesOf(format: ValueFormat, { facts, opaqueValues, restoredValues }: ValuesResult): string[] {
  const functions = facts.functions.length + facts.unlisted.functions;
  const isCommands = format === "resp" || format === "restore";
  return [
    ...(opaqueValues === 0
      ? []
      : [
          `${counted(opaqueValues, "value")} of modules or rate limiters: null, as only their server can read them`,
        ]),
    ...(restoredValues === 0 || format === "restore"
      ? []
      : [
          `${counted(restoredValues, "value")} that no command makes (modules, arrays, rate limiters): as RESTORE, for a server that knows them`,
        ]),
    ...(functions === 0 || !isCommands ? [] : ["libraries of functions are not exported"]),
    ...(facts.updates.count === 0
      ? []
      : [
          `${counted(facts.updates.count, "update")} of keys already read: they are written as they were before`,
        ]),
  ];
}
