import fs from "node:fs";
import { RdbError } from "../../parsers/errors.ts";
import type { FailedFile, FinishResult, GatherTask, PartTask, WorkerName } from "../../workers/protocol.ts";
import { faultOf, fromErrorRecord, IoError, isOfFile, RunError, UsageError } from "../errors.ts";
import { nextPage } from "../inventory/gather.ts";
import { SAME_DATA } from "../inventory/nodes.ts";
import { openInventory } from "../inventory/open.ts";
import { PageAllocator } from "../inventory/pages.ts";
import { MAX_SNAPSHOTS, SCHEMA_VERSION } from "../inventory/schema.ts";
import { FileSource, isUnchanged } from "../io/file-source.ts";
import { fingerprintOfInput, sizeOfInput } from "../io/input-facts.ts";
import { Inputs } from "../io/inputs/index.ts";
import { OutputName, statOrNone } from "../io/temp-file.ts";
import { VERSION } from "../io/version.ts";
import { counted, someOf } from "../queries/words.ts";
import type { AnalyzedSnapshot, AnalyzeOptions, AnalyzeResult, Progress } from "./analyze.ts";
import { type SnapshotParts, SnapshotReader } from "./analyze-snapshot.ts";
import { Claims } from "./claims.ts";
import { Gate } from "./gate.ts";
import { runGuarded } from "./guard.ts";
import { inFile } from "./in-file.ts";
import { type ExistingInventory, existingInventory } from "./known-files.ts";
import { StoredNames } from "./names.ts";
import { planOf } from "./origin.ts";
import { PartialRun, type RunTerms } from "./partial-run.ts";
import { readersFor, usefulReaders, WorkerPool } from "./pool.ts";
import { onRead } from "./with-plan.ts";

/** Readers beyond which the thread that splits a snapshot keeps no more of them busy, while other snapshots wait for threads. */
const READERS_A_FILE = 8;

/** Threads that read for one that writes parts: it takes a fraction of the time. */
const READERS_A_WRITER = 8;

/** The inventory that snapshots are added to. */
interface Base extends ExistingInventory {
  readonly path: string;
  readonly identity: string;
}

/** A file that is to be read. */
interface Job {
  readonly name: string;
  /** Its number in the inventory. */
  readonly id: number;
  readonly bytes: number;
  readonly readers: number;
  readonly fileFingerprint: string | null;
}

/**
 * Reads several snapshots side by side into one inventory, or adds them to one that is there. Each that is read is kept as a part
 * of the run, so that a run that is ended can be gone on with.
 * @throws as `analyze` does; what is wrong with one file only where `onFailed` is not given, or where it is so with all of them
 */
export async function analyzeMany(options: AnalyzeOptions): Promise<AnalyzeResult> {
  const { force = false, inputs: given, onFailed, onKept, resume = false, signal } = options;
  const existing = (statOrNone(options.output)?.size ?? 0) > 0;
  const output = new OutputName(options.output, force || (resume && existing));
  const names = new StoredNames(options);
  const target = existing ? identityOf(output.path) : undefined;
  // A run that was to replace the inventory does so, whoever ends it.
  const replaced = force || (resume && replacedBefore(output) === target) ? target : undefined;
  const base =
    target === undefined || replaced !== undefined ? undefined : baseOf(output.path, target, options, names);
  const keep = onFailed !== undefined;
  const partial = new PartialRun(output, termsOf(options, names, base, replaced), { keep, resume, force });
  const inputs = new Inputs(options);
  let isDone = false;
  try {
    const run = new ManyRun(options, names, partial, base, inputs);
    const result = await run.all();
    signal?.throwIfAborted();
    if (run.hasChanged) publish(output, partial, base);
    isDone = true;
    return result;
  } finally {
    inputs.close();
    const done = partial.count;
    if (isDone) partial.remove();
    else if (partial.leave()) onKept?.({ folder: partial.folder, done, total: given.length });
  }
}

function baseOf(path: string, identity: string, options: AnalyzeOptions, names: StoredNames): Base {
  return { ...existingInventory(path, options, names), path, identity };
}

function identityOf(path: string): string {
  const source = new FileSource(path);
  source.close();
  return source.identity;
}

const REPLACED = "inventory to replace";

/** Which inventory a run that was ended was to replace. */
function replacedBefore(output: OutputName): unknown {
  return PartialRun.termsAt(output)?.[REPLACED];
}

/** What has to be the same in a run that goes on with this one. */
function termsOf(
  options: AnalyzeOptions,
  { hash, ...names }: StoredNames,
  base: Base | undefined,
  replaced: string | undefined,
): RunTerms {
  const { allocator, keys = "all", profile, salvage = false, sample, settings } = options;
  return {
    "version of rdbscope": `${VERSION}, ${SCHEMA_VERSION}`,
    "inventory to add to": base?.identity,
    [REPLACED]: replaced,
    "--keys": keys,
    filter: names.filters,
    "--template, --separators or --depth": names.patterns,
    "--profile": profile,
    "--allocator": allocator,
    "--set or --config": settings,
    "--salvage": salvage,
    "--sample": sample,
    "secret of --hash-keys": hash?.id,
  };
}

/** @throws {IoError} when somebody else wrote the inventory meanwhile */
function publish(output: OutputName, partial: PartialRun, base: Base | undefined): void {
  if (base !== undefined && !isUnchanged(base.path, base.identity))
    throw new RunError(`${base.path} was changed by somebody else meanwhile: begin anew, with --resume`);
  output.publish(partial.rows);
}

/** A warning that a snapshot holds what another one does. */
interface SameData {
  readonly snapshot: number;
  readonly code: string;
  readonly message: string;
}

const SAME_DATA_SQL = "SELECT snapshot, code, message FROM warnings WHERE code = $code ORDER BY snapshot";

class ManyRun {
  private readonly options: AnalyzeOptions;
  private readonly names: StoredNames;
  private readonly partial: PartialRun;
  private readonly base: Base | undefined;
  private readonly inputs: Inputs;
  private readonly pool: WorkerPool;
  /** Threads of their own, as code that others have to load and to warm up makes them slow. */
  private readonly writers: WorkerPool;
  private readonly reader: SnapshotReader;
  private readonly claims: Claims;
  private readonly jobs: readonly Job[];
  private readonly reading: Gate;
  private readonly writing: Gate;
  private readonly told = new Map<number, AnalyzedSnapshot>();
  private readonly failed: FailedFile[] = [];
  private readonly notes: string[] = [];
  /** What is thrown when all fail. */
  private failure: unknown;
  private isOver = false;
  /** Files that are read at this moment: what is unpacked beside them is not told. */
  private active = 0;
  private present: number;
  private bytesTotal: number;
  private bytesDone = 0;
  private keysDone = 0;

  constructor(
    options: AnalyzeOptions,
    names: StoredNames,
    partial: PartialRun,
    base: Base | undefined,
    inputs: Inputs,
  ) {
    this.options = options;
    this.names = names;
    this.partial = partial;
    this.base = base;
    this.inputs = inputs;
    this.claims = new Claims([...(base?.snapshots ?? []), ...partial.known]);
    const threads = readersFor(0, options.workers);
    this.jobs = this.jobsOf(threads);
    this.present = options.inputs.length - this.jobs.length;
    this.bytesTotal = this.jobs.reduce((sum, { bytes }) => sum + bytes, 0);
    const writers = Math.ceil(threads / READERS_A_WRITER);
    this.reading = new Gate(threads);
    this.writing = new Gate(writers + 1);
    // Each that is read has a thread that splits it besides its readers.
    const side = Math.min(threads, Math.max(1, this.jobs.length));
    this.pool = new WorkerPool(threads + side);
    this.writers = new WorkerPool(writers);
    this.reader = new SnapshotReader(options, names, this.pool, partial.rows);
    const modules = partial.known.map((part) => part.modules).sort((a, b) => b.length - a.length)[0] ?? [];
    this.reader.modules.begin(base?.modules ?? 0, modules);
    new PageAllocator(this.reader.pages).next = nextPage(partial.rows, this.head);
  }

  /** Whether there is anything to publish. */
  get hasChanged(): boolean {
    if (this.partial.count > 0) return true;
    const before = new Map(this.base?.failed.map((one) => [one.id, one.message]));
    return this.failed.some(({ id, message }) => before.get(id) !== message);
  }

  async all(): Promise<AnalyzeResult> {
    const { signal } = this.options;
    await runGuarded(this.writers, signal, async () => {
      await runGuarded(this.pool, signal, async () => {
        await Promise.all(this.jobs.map((job) => this.attempt(job)));
      });
      if (this.partial.count === 0 && this.base === undefined) throw this.failure;
      if (this.hasChanged) await this.gather();
    });
    this.tellParts();
    this.tellFailedBefore();
    if (this.hasChanged) this.tellSameData();
    const failed = this.failed.sort((a, b) => a.id - b.id);
    return {
      output: this.options.output,
      snapshots: [...this.told].sort(([a], [b]) => a - b).map(([, snapshot]) => snapshot),
      present: this.present,
      failed,
      notes: this.notes,
    };
  }

  private get isKept(): boolean {
    return this.options.isTemporary !== true;
  }

  private get head(): string {
    return this.base?.path ?? this.partial.empty;
  }

  /** Files that are not known, each with its number: that of the place that is free for it. */
  private jobsOf(threads: number): Job[] {
    const given = this.options.inputs.map((name) => ({ name, fileFingerprint: fingerprintOfInput(name) }));
    const found = this.claims.files(given);
    const wanted = given.filter((_, i) => !found.has(i));
    for (const { name, fileFingerprint } of wanted) if (fileFingerprint !== null) this.lookForChange(name);
    const failedBefore = new Map(this.base?.failed.map(({ id, path }) => [path, id]));
    const parts = this.partial.known.filter(({ file }) => fs.existsSync(file));
    const taken = new Set([...(this.base?.snapshots ?? []), ...parts].map(({ id }) => id));
    for (const id of failedBefore.values()) taken.add(id);
    let next = 1;
    return wanted.map(({ name, fileFingerprint }) => {
      while (taken.has(next)) next++;
      const id = failedBefore.get(name) ?? next;
      failedBefore.delete(name);
      taken.add(id);
      if (id > MAX_SNAPSHOTS) throw new UsageError(`one inventory holds ${MAX_SNAPSHOTS} snapshots at most`);
      const bytes = sizeOfInput(name);
      const readers = Math.min(usefulReaders(bytes), threads, READERS_A_FILE);
      return { name, id, bytes, readers, fileFingerprint };
    });
  }

  /** A file that is not what it was when it was read. */
  private lookForChange(name: string): void {
    const before = this.claims.left.find(({ path }) => path === name);
    if (before === undefined) return;
    this.claims.drop(before);
    const part = this.partial.known.find((one) => one === before);
    if (part === undefined) {
      this.notes.push(
        `${name} has changed since snapshot ${before.id} was read of it: it is added as another snapshot`,
      );
      return;
    }
    fs.rmSync(part.file);
    this.notes.push(`${name} has changed since the run that was ended: it is read anew`);
  }

  /** Reads a file; one that fails leaves the others alone. */
  private async attempt(job: Job): Promise<void> {
    const { onFailed } = this.options;
    const own = { done: 0, bytes: job.bytes };
    try {
      const read = await inFile(job.name, () => this.reading.through(job.readers, () => this.read(job, own)));
      if (read !== undefined) await this.write(job, read);
    } catch (error) {
      if (onFailed === undefined || !isOfFile(error)) {
        this.isOver = true;
        throw error;
      }
      this.bytesTotal -= own.bytes - own.done;
      if (gravity(error) > gravity(this.failure)) this.failure = error;
      const { id, name } = job;
      const { message } = error;
      const failed: FailedFile = { id, path: name, ...faultOf(error), message };
      this.failed.push(failed);
      onFailed(failed);
    }
  }

  private async read(job: Job, own: { done: number; bytes: number }): Promise<SnapshotParts | undefined> {
    const { options, reader } = this;
    if (this.isOver || options.signal?.aborted === true) return undefined;
    const { id, name, readers, fileFingerprint } = job;
    const input = await this.inputs.open(name, this.onUnpacked);
    try {
      const plan = planOf(input, options.salvage);
      this.bytesTotal += plan.bytes - own.bytes;
      own.bytes = plan.bytes;
      if (this.claims.snapshot(plan.fingerprint)) {
        this.bytesTotal -= plan.bytes;
        this.present++;
        return undefined;
      }
      const onChunk = (chunk: { readonly bytes: number; readonly keys: number }) => {
        own.done += chunk.bytes;
        this.bytesDone += chunk.bytes;
        this.keysDone += chunk.keys;
        this.tell("read");
      };
      this.active++;
      const how = { id, readers, onChunk, isShared: true, fileFingerprint };
      const read = await reader.read(plan, how).finally(() => this.active--);
      await this.writing.enter(1); // What was read is held until it is written: not of many at once.
      return read;
    } finally {
      this.inputs.release(input);
    }
  }

  private async write({ id }: Job, { leaves, snapshot, told }: SnapshotParts): Promise<void> {
    const { names, partial, reader, writing } = this;
    try {
      const facts = { leaves, modules: reader.modules.ids(), told: JSON.stringify(told) };
      const [part, template, rows] = [partial.part(id), partial.template, partial.rows];
      const task: PartTask = {
        ...{ rows, template, part, snapshot, facts },
        ...{ nameSecret: names.secret, isKept: this.isKept },
      };
      await this.ask("part", task);
      this.told.set(id, told);
    } finally {
      writing.leave(1);
    }
  }

  private async gather(): Promise<void> {
    this.tell("merge");
    const task: GatherTask = {
      rows: this.partial.rows,
      head: this.head,
      parts: this.partial.parts,
      failed: this.failed,
      index: this.options.index ?? [],
      isKept: this.isKept,
    };
    await this.ask("gather", task);
  }

  private async ask(worker: WorkerName, task: object): Promise<void> {
    const { error }: FinishResult = await this.writers.run(worker, task);
    if (error !== undefined) throw fromErrorRecord(error);
  }

  /** What an earlier run has read is told with what this one has. */
  private tellParts(): void {
    // A part of a file that had changed was made again.
    const parts = this.partial.known.filter(({ id, file }) => !this.told.has(id) && fs.existsSync(file));
    for (const { id, told } of parts) this.told.set(id, JSON.parse(told) as AnalyzedSnapshot);
    const others = parts.filter((part) => this.claims.left.includes(part)).map(({ path }) => path);
    this.present -= parts.length - others.length;
    if (parts.length === 0) return;
    const was = parts.length === 1 ? "was" : "were";
    this.notes.push(
      `${counted(parts.length, "snapshot")} ${was} read by the run that was ended, and ${was} not read again`,
    );
    if (others.length === 0) return;
    const are = others.length === 1 ? "is" : "are";
    this.notes.push(
      `${counted(others.length, "snapshot")} of these ${are} in the inventory although not given now: ${someOf(others)}`,
    );
  }

  /** Files that are missing since an earlier run, and were not given to this one. */
  private tellFailedBefore(): void {
    const left = (this.base?.failed ?? []).filter(({ path }) => !this.options.inputs.includes(path));
    if (left.length === 0) return;
    const [are, them] = left.length === 1 ? ["is", "it"] : ["are", "them"];
    this.notes.push(
      `${counted(left.length, "file")} that could not be read by an earlier run ${are} missing as before: ${someOf(left.map(({ path }) => path))} (give ${them} again to add ${them})`,
    );
  }

  private tellSameData(): void {
    const inventory = openInventory(this.partial.rows);
    try {
      for (const { snapshot, ...warning } of inventory.all<SameData>(SAME_DATA_SQL, { code: SAME_DATA })) {
        const told = this.told.get(snapshot);
        if (told !== undefined) this.told.set(snapshot, { ...told, warnings: [...told.warnings, warning] });
        this.notes.push(warning.message);
      }
    } finally {
      inventory.close();
    }
  }

  private readonly onUnpacked = (bytes: number, total: number): void => {
    if (this.active === 0) onRead(this.options.onProgress)(bytes, total);
  };

  private tell(phase: Progress["phase"]): void {
    const { bytesDone, bytesTotal, keysDone } = this;
    this.options.onProgress?.({ phase, bytesDone, bytesTotal, keys: keysDone });
  }
}

/** How much of a failure it is when all fail: what may be well another time, then damage, then what nobody can read. */
function gravity(error: unknown): number {
  if (error === undefined) return 0;
  return error instanceof IoError ? 3 : error instanceof RdbError ? 2 : 1;
}
