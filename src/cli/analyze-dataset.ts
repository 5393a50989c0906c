import { randomBytes } from "node:crypto";
import path from "node:path";
import { checkPartition, folderOf, type Partition } from "../dataset/partition.ts";
import { madeOf, type RunOrigin, requestOf } from "../dataset/resume.ts";
import { hiddenFolder } from "../dataset/staging.ts";
import { isOfFile, UsageError } from "../errors.ts";
import type { AnalyzedSnapshot } from "../index.ts";
import { fileNode } from "../inventory/file-node.ts";
import { fingerprintOfInput, sizeOfInput } from "../io/input-facts.ts";
import { removeTemp } from "../io/leftovers.ts";
import { runToEnd } from "../pipeline/guard.ts";
import { readersFor, WorkerPool } from "../pipeline/pool.ts";
import { type Chosen, runAnalysis } from "./analysis.ts";
import { raiseStatus, statusOf, statusOfFailed } from "./exit-status.ts";
import { interruptible } from "./interrupt.ts";
import { type Cli, note } from "./io.ts";
import { noteMissing } from "./missing.ts";
import { type AnalyzeOptions, choiceOf } from "./options.ts";
import { writingProgress } from "./progress.ts";
import { readSecretFile } from "./secret-file.ts";

/** A snapshot that became a partition of a dataset. */
export interface DatasetSnapshot extends AnalyzedSnapshot {
  /** The folder of its table `keys`. */
  readonly partition: string;
}

/** What is asked for. */
interface Asked {
  readonly cli: Cli;
  readonly root: string;
  readonly options: AnalyzeOptions;
  readonly request: string;
}

/** What is the same for all snapshots of a run. */
interface Run extends Asked {
  readonly chosen: Omit<Chosen, "inputs" | "output">;
  /** Threads that write. */
  readonly pool: WorkerPool;
  /** Partitions written so far. */
  readonly written: Set<string>;
}

/**
 * `analyze --parquet`: each snapshot becomes a partition, one after the other; one that is damaged is told, and the others stand. With
 * an output all go into an inventory first, which stays.
 * @throws {UsageError} for options that make no sense, and partitions that are there
 */
export async function analyzeDataset(
  cli: Cli,
  inputs: readonly string[],
  options: AnalyzeOptions,
  chosen: Omit<Chosen, "inputs" | "output">,
): Promise<DatasetSnapshot[]> {
  checkRun(inputs, options);
  const secret = secretOf(options);
  const request = requestOf({ ...chosen, ...choiceOf(options, () => {}), ...read(options) }, secret);
  const all = secret === undefined ? chosen : { ...chosen, hashKeys: secret };
  const root = options.parquet!;
  const asked = { cli, root, options, request };
  const left = inputs.filter((input) => !isDone(asked, input));
  if (left.length === 0) return [];
  const run: Run = { ...asked, chosen: all, pool: poolFor(left, options), written: new Set() };
  return interruptible((signal) =>
    runToEnd(run.pool, signal, () =>
      options.output === undefined ? each(run, left, signal) : toInventory(run, left, options.output, signal),
    ),
  );
}

/** Each of several snapshots becomes a partition for itself: what is wrong with one does not keep the others from it. */
async function each(run: Run, inputs: readonly string[], signal: AbortSignal): Promise<DatasetSnapshot[]> {
  const done: DatasetSnapshot[] = [];
  const missing: string[] = [];
  for (const input of inputs) {
    signal.throwIfAborted();
    try {
      done.push(...(await toDataset(run, input, signal)));
    } catch (error) {
      if (inputs.length === 1 || !isOfFile(error)) throw error;
      note(run.cli, error.message);
      raiseStatus(run.cli, statusOf(error));
      missing.push(input);
    }
  }
  noteMissing(run.cli, missing, run.root);
  return done;
}

/** Threads that write what these become: as many as read the largest of them. They start while that is done. */
function poolFor(inputs: readonly string[], { workers }: AnalyzeOptions): WorkerPool {
  return new WorkerPool(Math.max(...inputs.map((input) => readersFor(sizeOfInput(input), workers))));
}

/** What of the options decides what rows are, besides target, filters and patterns. */
function read({ sample, sampleSeed, salvage }: AnalyzeOptions): object {
  return { sample, sampleSeed, salvage };
}

/** One secret for all snapshots of the run. */
function secretOf({ hashKeys, hashKeysSecretFile: file }: AnalyzeOptions): Uint8Array | undefined {
  if (file !== undefined) return readSecretFile(file);
  return hashKeys === true ? randomBytes(32) : undefined;
}

function checkRun(inputs: readonly string[], options: AnalyzeOptions): void {
  const { node, date, resume, hashKeys, hashKeysSecretFile } = options;
  checkPartition(options);
  if (resume === true && options.force === true)
    throw new UsageError("one of --resume and --force: they say what to do with what is there");
  if (inputs.length > 1 && node !== undefined)
    throw new UsageError("--node is of one snapshot: several have their file names");
  if (inputs.includes("-") && node === undefined)
    throw new UsageError("the standard input has no name: say which --node it is of");
  if (options.index !== undefined && options.output === undefined)
    throw new UsageError("--index is of an inventory: give it a name with -o");
  if (resume === true && hashKeys === true && hashKeysSecretFile === undefined) {
    throw new UsageError(
      "--resume needs the secret that names were hashed with: --hash-keys-secret-file in place of --hash-keys",
    );
  }
  const nodes = inputs.map((input) => node ?? fileNode(input));
  const twice = nodes.find((name, i) => nodes.indexOf(name) < i);
  if (date !== undefined && twice !== undefined)
    throw new UsageError(
      `two snapshots would be date=${date}/node=${twice}: write each with a --node of its own`,
    );
}

/**
 * Whether a snapshot is a complete partition already, of the same file and made the same way.
 * @throws {UsageError} when it is a partition that may not be replaced
 */
function isDone({ cli, root, options, request }: Asked, input: string): boolean {
  const { cluster = "default", date, node = fileNode(input), resume, force, quiet } = options;
  const file = fingerprintOfInput(input);
  if (file === null || force === true) return false;
  const manifest = madeOf(root, { cluster, date, node }, file);
  if (manifest === undefined) return false;
  if (resume !== true) throw existing(root, manifest);
  if (manifest.request !== request) return false;
  if (quiet !== true) note(cli, `${input}: ${partitionPath(root, manifest)} is complete already`);
  return true;
}

function existing(root: string, partition: Partition): UsageError {
  return new UsageError(
    `${partitionPath(root, partition)} exists already: pass over what is complete with --resume, or replace it with --force`,
  );
}

function partitionPath(root: string, partition: Partition): string {
  return path.join(root, folderOf("keys", partition));
}

/** Analyzes one snapshot into a temporary inventory, as patterns are known when all is read, and makes a partition of that. */
async function toDataset(run: Run, input: string, signal: AbortSignal): Promise<DatasetSnapshot[]> {
  const folder = hiddenFolder(run.root, "analysis");
  try {
    return await toInventory(run, [input], path.join(folder, "inventory"), signal);
  } finally {
    removeTemp(folder);
  }
}

async function toInventory(
  run: Run,
  inputs: readonly string[],
  output: string,
  signal: AbortSignal,
): Promise<DatasetSnapshot[]> {
  const { cli, root, options, chosen, pool, written } = run;
  const { cluster, date, node, quiet } = options;
  const isTemporary = options.output === undefined;
  const startedAt = Date.now();
  const result = await runAnalysis(cli, options, {
    ...{ ...chosen, inputs, output, isTemporary, totalsOnly: isTemporary, signal },
    ...(inputs.length > 1 ? { onFailed: ({ message }) => note(cli, message) } : {}),
  });
  raiseStatus(cli, statusOfFailed(result.failed));
  const { partitionsOf, writePartition } = await import("../dataset/write-dataset.ts");
  const replace = options.force === true ? "any" : options.resume === true ? "own" : "none";
  const targets = partitionsOf(root, {
    path: output,
    only: undefined,
    choice: { cluster, date, node },
    replace,
    written,
  });
  const done: DatasetSnapshot[] = [];
  for (const { snapshot, partition, file, bytes } of targets) {
    const told = result.snapshots.find(({ path: name }) => name === file);
    const folder = partitionPath(root, partition);
    if (told === undefined) continue;
    const origin: RunOrigin = { inputFingerprint: fingerprintOfInput(file), request: run.request };
    const given = { root, path: output, name: file, snapshot, partition, pool, origin };
    await writingProgress(cli, options, { file, bytes, startedAt }, (onRows) =>
      writePartition({ ...given, signal, onRows }),
    );
    written.add(folderOf("keys", partition));
    done.push({ ...told, partition: folder });
    if (quiet !== true && !isTemporary) note(cli, `${folder}: ${told.storedRows} rows`);
  }
  noteMissing(
    cli,
    result.failed.map(({ path: name }) => name),
    root,
  );
  return done;
}
