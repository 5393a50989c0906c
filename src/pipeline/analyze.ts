import fs from "node:fs";
import type { ChunkDone, FailedFile, FinishResult, FinishTask } from "../../workers/protocol.ts";
import { fromErrorRecord, UsageError } from "../errors.ts";
import { createInventory } from "../inventory/create.ts";
import { isInventoryFile } from "../inventory/open.ts";
import { PageAllocator } from "../inventory/pages.ts";
import { MAX_SNAPSHOTS } from "../inventory/schema.ts";
import { INDEX_COLUMNS } from "../inventory/summaries.ts";
import { fingerprintOfInput } from "../io/input-facts.ts";
import { type InputOptions, Inputs, inspectInput } from "../io/inputs/index.ts";
import { statOrNone, TempFile } from "../io/temp-file.ts";
import { SnapshotReader } from "./analyze-snapshot.ts";
import { compileFilter, type KeyFilter } from "./filter.ts";
import { runGuarded } from "./guard.ts";
import { inFile, inFileSync } from "./in-file.ts";
import { analyzeMany } from "./many.ts";
import { checkNames, type NameOptions, StoredNames } from "./names.ts";
import { planOf } from "./origin.ts";
import { checkWorkers, readersFor, WorkerPool } from "./pool.ts";
import type { Checksum } from "./read-snapshot.ts";
import { checkSample, type Sample, type SampledKeys } from "./sample.ts";
import { checkChoice, type TargetChoice } from "./target-choice.ts";
import { onRead } from "./with-plan.ts";

/** How far an analysis has come. Bytes and keys count over all snapshots given. */
export interface Progress {
  /** `unpack`: bytes are those of one compressed input, or of one that cannot seek. */
  readonly phase: "unpack" | "read" | "merge";
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly keys: number;
}

export interface AnalyzeOptions extends TargetChoice, InputOptions, NameOptions {
  /** Snapshots in whatever form; `-` is the standard input. Each becomes one snapshot of the inventory, in this order. */
  readonly inputs: readonly string[];
  /** Where the inventory goes. */
  readonly output: string;
  /** Reading threads; default: the machine's available parallelism. */
  readonly workers?: number | undefined;
  /** Replace an existing output. */
  readonly force?: boolean | undefined;
  /**
   * Go on with a run that was ended, or add to an inventory that is there: files that are in it already (the same bytes at the
   * beginning and the end, the same size) are not read again.
   */
  readonly resume?: boolean | undefined;
  /**
   * Called for each of several snapshots that cannot be read or is damaged: the others go on. Without it the first ends the
   * run, and nothing is kept to resume from.
   */
  readonly onFailed?: ((failed: FailedFile) => void) | undefined;
  /** Called when a run of several snapshots ends before its end, and what it has read is kept for `resume`. */
  readonly onKept?: ((kept: KeptRun) => void) | undefined;
  /** The inventory is read and removed: it is not synced. */
  readonly isTemporary?: boolean | undefined;
  /** Keys are counted for the views `rollup`, `snapshots` and `memory` only: tables of others stay empty, such as `big_keys`. */
  readonly totalsOnly?: boolean | undefined;
  /** `none`: no row a key; every summary is there all the same. */
  readonly keys?: "all" | "none" | undefined;
  readonly filters?: KeyFilter | undefined;
  /** Read a damaged snapshot as far as possible: what is lost is listed, and the inventory marked. */
  readonly salvage?: boolean | undefined;
  /** Read a share of the records only, and estimate the totals: the inventory is marked as a sample. */
  readonly sample?: Sample | undefined;
  /** Columns of the key rows to index: key, pattern, bytes. */
  readonly index?: readonly string[] | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What is told of each snapshot analyzed; the inventory's view `snapshots` has it too. */
export interface AnalyzedSnapshot {
  readonly path: string;
  /** What it was wrapped in, outermost first, as `gzip+vcs`; `rdb` for a bare one. */
  readonly input: string;
  readonly magic: string;
  readonly rdbVersion: number;
  /** Of a sample it is an estimate where filters choose keys, as `expiredKeys` is always. */
  readonly keys: number;
  readonly expiredKeys: number;
  readonly storedRows: number;
  /** Undefined where every record was read. */
  readonly sample: SampledKeys | undefined;
  /** `unread`: a salvaged snapshot that ends before it. */
  readonly checksum: Checksum;
  /** Whether parts of a damaged snapshot are missing, and the bytes that could not be read. */
  readonly salvaged: boolean;
  readonly lostBytes: number;
  /** Where it stands in the file. */
  readonly checksumOffset: number;
  readonly profile: string;
  readonly profileExact: boolean;
  /** Whether the profile was compared with a real server; if not, it is derived from the server's sources. */
  readonly profileMeasured: boolean;
  readonly allocator: string;
  /** Null: names are stored as they are. Else which secret they are hashed with. */
  readonly hashedNames: string | null;
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

export interface AnalyzeResult {
  readonly output: string;
  /** Those that were added, in the order of their numbers. */
  readonly snapshots: readonly AnalyzedSnapshot[];
  /** Files that were given and are in the inventory since an earlier run. */
  readonly present: number;
  /** Files that are missing in the inventory. */
  readonly failed: readonly FailedFile[];
  /** What else is to be said of the snapshots together: what was given twice, or has changed. */
  readonly notes: readonly string[];
}

/** What is left of a run that was ended. */
export interface KeptRun {
  readonly folder: string;
  /** Snapshots that were read, and that were given. */
  readonly done: number;
  readonly total: number;
}

/**
 * Reads snapshots into a new inventory, which appears under its name only when complete.
 * @throws {RdbError} when a snapshot is damaged. @throws {UsageError} for wrong options.
 * @throws {IoError} when something cannot be read or written. @throws the signal's reason when aborted
 */
export async function analyze(options: AnalyzeOptions): Promise<AnalyzeResult> {
  const { inputs, resume, signal } = options;
  signal?.throwIfAborted();
  checkOptions(options);
  return inputs.length > 1 || resume === true ? analyzeMany(options) : analyzeOne(options, inputs[0]!);
}

async function analyzeOne(options: AnalyzeOptions, name: string): Promise<AnalyzeResult> {
  const { onProgress, signal } = options;
  const bytes = inFileSync(name, () => inspectInput(name));
  const readers = readersFor(bytes, options.workers);
  const temp = new TempFile(options.output, options.force ?? false);
  const pool = new WorkerPool(readers + 1);
  const inputs = new Inputs(options);
  try {
    const snapshot = await runGuarded(pool, signal, async () => {
      const names = new StoredNames(options);
      const { rootPage, pages } = createInventory(temp.path);
      const reader = new SnapshotReader(options, names, pool, temp.path);
      new PageAllocator(reader.pages).next = pages + 1;
      const told = { bytesDone: 0, bytesTotal: 0, keys: 0 };
      const read = await inFile(name, async () => {
        const fileFingerprint = fingerprintOfInput(name);
        const input = await inputs.open(name, onRead(onProgress));
        const plan = planOf(input, options.salvage);
        told.bytesTotal = plan.bytes;
        const onChunk = (chunk: ChunkDone) => {
          told.bytesDone += chunk.bytes;
          told.keys += chunk.keys;
          onProgress?.({ phase: "read", ...told });
        };
        const done = await reader.read(plan, { id: 1, readers, onChunk, fileFingerprint });
        inputs.release(input);
        return done;
      });
      onProgress?.({ phase: "merge", ...told });
      const task: FinishTask = {
        path: temp.path,
        pages: reader.pages,
        rootPage,
        leaves: read.leaves,
        snapshots: [read.snapshot],
        index: options.index ?? [],
        nameSecret: names.secret,
        isKept: options.isTemporary !== true,
      };
      const finished: FinishResult = await pool.run("finish", task);
      if (finished.error !== undefined) throw fromErrorRecord(finished.error);
      return read.told;
    });
    signal?.throwIfAborted();
    temp.publish();
    return { output: options.output, snapshots: [snapshot], present: 0, failed: [], notes: [] };
  } finally {
    temp.discard();
    inputs.close();
  }
}

/** Checks what can be checked before anything is read. */
function checkOptions(options: AnalyzeOptions): void {
  const { inputs, index = [], workers } = options;
  if (inputs.length === 0) throw new UsageError("no snapshot given");
  if (inputs.length > MAX_SNAPSHOTS)
    throw new UsageError(`one inventory holds ${MAX_SNAPSHOTS} snapshots at most`);
  checkOutput(options);
  checkChoice(options);
  checkWorkers(workers);
  for (const name of index) {
    if (!(name in INDEX_COLUMNS)) {
      throw new UsageError(`cannot index ${name}: possible are ${Object.keys(INDEX_COLUMNS).join(", ")}`);
    }
  }
  compileFilter(options.filters ?? {}, 0);
  checkNames(options);
  checkSample(options);
  const piped = inputs.filter((name) => name === "-");
  if (piped.length > 1) throw new UsageError("the standard input is given twice: it can be read once");
  for (const path of inputs) {
    if (isSameFile(path, options.output))
      throw new UsageError(`${path} is the snapshot: it cannot be the output too`);
  }
  if (options.resume === true && options.force === true)
    throw new UsageError("--resume goes on with what is there, --force replaces it: give one of them");
}

/** `force` replaces inventories, and nothing else that somebody may still want. */
function checkOutput({ output, force, resume }: AnalyzeOptions): void {
  const stat = statOrNone(output);
  if (stat === undefined || !stat.isFile() || stat.size === 0) return;
  if (!isInventoryFile(output))
    throw new UsageError(
      `${output} is no inventory: give the inventory a file name of its own, as --output FILE`,
    );
  if (force === true || resume === true) return;
  throw new UsageError(
    `${output} exists already: give another name with --output, add to it with --resume, or replace it with --force`,
  );
}

function isSameFile(a: string, b: string): boolean {
  const [one, other] = [a, b].map((path) => fs.statSync(path, { throwIfNoEntry: false }));
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
}
