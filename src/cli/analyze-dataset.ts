import { randomBytes } from "node:crypto";
import path from "node:path";
import { checkPartition, folderOf, type Partition } from "../dataset/partition.ts";
import { PartitionSource } from "../dataset/partition-source.ts";
import { madeOf, type RunOrigin, requestOf } from "../dataset/resume.ts";
import { checkRoot, hiddenFolder } from "../dataset/staging.ts";
import { faultOf, isOfFile, UsageError } from "../errors.ts";
import type { AnalyzedSnapshot, AnalyzeResult } from "../index.ts";
import { fileNode } from "../inventory/file-node.ts";
import { fingerprintOfInput, sizeOfInput } from "../io/input-facts.ts";
import { removeTemp } from "../io/leftovers.ts";
import { runToEnd } from "../pipeline/guard.ts";
import { readersFor, WorkerPool } from "../pipeline/pool.ts";
import { someOf } from "../queries/words.ts";
import { type Chosen, runAnalysis } from "./analysis.ts";
import { partitionPath, replacingOf } from "./dataset.ts";
import { raiseStatus, statusOfFailed } from "./exit-status.ts";
import { groupsOf } from "./file-groups.ts";
import { interruptible } from "./interrupt.ts";
import { type Cli, note, warner } from "./io.ts";
import { type Missing, noteMissing } from "./missing.ts";
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
  readonly signal: AbortSignal;
  /** Threads that write. */
  readonly pool: WorkerPool;
  /** Whether there is one snapshot only, so that what is wrong with it ends the run. */
  readonly isOne: boolean;
  /** Files that are no complete partitions yet. */
  readonly left: ReadonlySet<string>;
  /** Partitions written so far, and files that are none. */
  readonly written: Set<string>;
  readonly missing: Missing[];
}

/**
 * `analyze --parquet`: each snapshot becomes a partition; one of several that is damaged is told, and the others stand. With an output
 * all go into an inventory first, which stays.
 * @throws {UsageError} for options that make no sense, and partitions that are there
 */
export async function analyzeDataset(
  cli: Cli,
  given: readonly string[],
  options: AnalyzeOptions,
  chosen: Omit<Chosen, "inputs" | "output">,
): Promise<DatasetSnapshot[]> {
  const inputs = onlyOnce(cli, given, options);
  checkRun(inputs, options);
  const secret = secretOf(options);
  const { keys, patterns, filters } = chosen;
  const target = choiceOf(options, () => {});
  const request = requestOf({ keys, patterns, filters, ...target, ...read(options) }, secret);
  const all = secret === undefined ? chosen : { ...chosen, hashKeys: secret };
  const root = options.parquet!;
  const asked = { cli, root, options, request };
  const left = inputs.filter((input) => !isDone(asked, input));
  // What is a partition already may be missing in the inventory.
  const wanted = options.output === undefined ? left : inputs;
  if (wanted.length === 0) return [];
  const pool = poolFor(wanted, options);
  const isOne = wanted.length === 1;
  return interruptible((signal) => {
    const run = { ...asked, chosen: all, signal, pool, isOne, left: new Set(left) };
    return runToEnd(pool, signal, () => partitionsOf({ ...run, written: new Set(), missing: [] }, wanted));
  });
}

/** Files that are given twice are taken once. */
function onlyOnce(cli: Cli, given: readonly string[], { quiet }: AnalyzeOptions): string[] {
  const inputs = [...new Set(given)];
  const twice = inputs.filter((input) => given.indexOf(input) < given.lastIndexOf(input));
  for (const input of twice) warner(cli, quiet)(`${input} is given more than once: it is written once`);
  return inputs;
}

async function partitionsOf(run: Run, inputs: readonly string[]): Promise<DatasetSnapshot[]> {
  const { output } = run.options;
  const done: DatasetSnapshot[] = [];
  if (output !== undefined) done.push(...(await toDataset(run, inputs, output)));
  else for (const group of groupsOf(inputs)) done.push(...(await toDatasetAlone(run, group)));
  noteMissing(run.cli, run.missing, run.root);
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
  const { node, date, parquet, resume, hashKeys, hashKeysSecretFile } = options;
  checkPartition(options);
  checkRoot(parquet!);
  replacingOf(options);
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

/** As `toDataset`, by way of a temporary inventory, as patterns are known when all is read. */
async function toDatasetAlone(run: Run, inputs: readonly string[]): Promise<DatasetSnapshot[]> {
  const folder = hiddenFolder(run.root, "analysis");
  try {
    return await toDataset(run, inputs, path.join(folder, "inventory"));
  } finally {
    removeTemp(folder);
  }
}

/** Analyzes snapshots into an inventory, and makes partitions of what was read. */
async function toDataset(run: Run, inputs: readonly string[], output: string): Promise<DatasetSnapshot[]> {
  const { root, options, chosen, signal } = run;
  signal.throwIfAborted();
  const startedAt = Date.now();
  const isTemporary = options.output === undefined;
  const resume = isTemporary ? undefined : options.resume;
  const how = { ...chosen, inputs, output, isTemporary, totalsOnly: isTemporary, resume, signal };
  const result = await (inputs.length === 1
    ? attempt(run, inputs[0]!, () => runAnalysis(run.cli, options, how))
    : analyzeSeveral(run, how));
  if (result === undefined) return [];
  const { checkTargets, targetsOf, writePartition } = await import("../dataset/write-dataset.ts");
  const { cluster, date, node } = options;
  const done: DatasetSnapshot[] = [];
  const source = new PartitionSource(output, isTemporary ? someOf(inputs) : output);
  try {
    for (const target of targetsOf(source, { cluster, date, node })) {
      const { snapshot, partition, file, bytes } = target;
      const told = result.snapshots.find(({ path: name }) => name === file);
      const isWanted = run.left.has(file) || (told !== undefined && !inputs.includes(file));
      if (!isWanted) continue; // It is a partition already, or was in the inventory before.
      const one = await attempt(run, file, async () => {
        checkNew(run, partition, file);
        checkTargets(root, [target], replacingOf(options));
        const origin: RunOrigin = { inputFingerprint: fingerprintOfInput(file), request: run.request };
        const given = { root, snapshot, partition, pool: run.pool, origin, signal };
        await writingProgress(run.cli, options, { file, bytes, startedAt }, (onRows) =>
          writePartition(source, { ...given, onRows }),
        );
        run.written.add(folderOf("keys", partition));
        const folder = partitionPath(root, partition);
        if (options.quiet !== true && !isTemporary) note(run.cli, `${folder}: ${target.rows} rows`);
        return told === undefined ? undefined : { ...told, partition: folder };
      });
      if (one !== undefined) done.push(one);
    }
  } finally {
    source.close();
  }
  return done;
}

/** Undefined: all of them failed, which is told. */
async function analyzeSeveral(run: Run, how: Chosen): Promise<AnalyzeResult | undefined> {
  const before = run.missing.length;
  try {
    return await runAnalysis(run.cli, run.options, { ...how, onFailed: (one) => tellFailed(run, one) });
  } catch (error) {
    if (!isOfFile(error) || run.missing.length - before < how.inputs.length) throw error;
    return undefined;
  }
}

/** Of several files what is wrong with one does not keep the others from being read: it is told, and there is no result. */
async function attempt<T>(run: Run, file: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (run.isOne || !isOfFile(error)) throw error;
    tellFailed(run, { path: file, ...faultOf(error), message: error.message });
    return undefined;
  }
}

function tellFailed({ cli, missing }: Run, file: Missing & { readonly message: string }): void {
  note(cli, file.message);
  raiseStatus(cli, statusOfFailed([file]));
  missing.push(file);
}

/** @throws {UsageError} when another file of this run was written as that partition */
function checkNew({ written }: Run, partition: Partition, file: string): void {
  const folder = folderOf("keys", partition);
  if (written.has(folder))
    throw new UsageError(
      `${file} would be ${folder}, as one before it: analyze it alone, with a --node of its own`,
    );
}
