import os from "node:os";
import path from "node:path";
import type { Command } from "commander";
import { checkDistinct, folderOf, type Partition, type PartitionChoice } from "../dataset/partition.ts";
import { PartitionSource } from "../dataset/partition-source.ts";
import { checkRoot } from "../dataset/staging.ts";
import type { Replacing } from "../dataset/write-dataset.ts";
import { UsageError } from "../errors.ts";
import { isInventoryFile } from "../inventory/open.ts";
import { runToEnd } from "../pipeline/guard.ts";
import { counted } from "../queries/words.ts";
import { damageNotesOf } from "./damage-notes.ts";
import { interruptible } from "./interrupt.ts";
import { type Cli, note, warner } from "./io.ts";
import type { ExportOptions } from "./options.ts";
import { writingProgress } from "./progress.ts";

/** Adds what says which partition of a dataset is written. */
export function addPartitionOptions(command: Command): Command {
  return command
    .option("--cluster <name>", "with --parquet: the partition's cluster (default: default)")
    .option("--date <day>", "with --parquet: its date, as 2026-01-31 (default: the snapshot's, UTC)")
    .option("--node <name>", "with --parquet: its node (default: the snapshot's file name)");
}

/** @throws {UsageError} for what says something of a partition where none is written */
export function rejectPartition(options: PartitionChoice): void {
  const { cluster, date, node } = options;
  const [one] = Object.entries({ cluster, date, node }).filter(([, value]) => value !== undefined);
  if (one !== undefined) throw new UsageError(`--${one[0]} needs --parquet`);
}

/** Complete partitions that may be replaced. @throws {UsageError} for both options, which contradict each other */
export function replacingOf({ force, resume }: Pick<ExportOptions, "force" | "resume">): Replacing {
  if (resume === true && force === true)
    throw new UsageError("one of --resume and --force: they say what to do with what is there");
  return force === true ? "any" : resume === true ? "own" : "none";
}

/** The folder of the table `keys` of a partition. */
export function partitionPath(root: string, partition: Partition): string {
  return path.join(root, folderOf("keys", partition));
}

/** The options of `export` that say something of a dataset. */
const FOR_PARQUET: ReadonlySet<string> = new Set<keyof ExportOptions>([
  ...([
    "parquet",
    "cluster",
    "date",
    "node",
    "force",
    "resume",
    "snapshot",
    "workers",
    "quiet",
    "progress",
  ] as const),
]);

/** Writes an inventory as partitions of a dataset: one a snapshot. */
export async function exportParquet(cli: Cli, file: string, options: ExportOptions): Promise<void> {
  const { parquet: root = "", snapshot: only, workers = os.availableParallelism() } = options;
  const { progress, quiet, resume = false } = options;
  const [other] = Object.entries(options).filter(
    ([name, value]) => value !== undefined && !FOR_PARQUET.has(name),
  );
  if (other !== undefined) {
    const flag = other[0].replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
    throw new UsageError(
      `--${flag} is not for --parquet, which writes an inventory as it is (rdbscope analyze --parquet has filters)`,
    );
  }
  if (!isInventoryFile(file))
    throw new UsageError(`${file} is no inventory: rdbscope analyze --parquet ${root} ${file}`);
  checkRoot(root);
  const replacing = replacingOf(options);
  damageNotesOf(file).forEach(warner(cli, quiet));
  const choice: PartitionChoice = { cluster: options.cluster, date: options.date, node: options.node };
  const dataset = await import("../dataset/write-dataset.ts");
  const source = new PartitionSource(file, file);
  try {
    const targets = dataset.targetsOf(source, choice, only);
    checkDistinct(targets.map(({ partition }) => partition));
    const left = targets.filter((target) => !(resume && dataset.isWritten(source, root, target)));
    const there = targets.length - left.length;
    if (there > 0)
      warner(
        cli,
        quiet,
      )(`${counted(there, "partition")} of ${root} ${there === 1 ? "is" : "are"} complete already`);
    dataset.checkTargets(root, left, replacing);
    const pool = dataset.writingPool(workers, Math.max(0, ...left.map(({ rows }) => rows)));
    await interruptible((signal) =>
      runToEnd(pool, signal, async () => {
        for (const { snapshot, partition, bytes, rows } of left) {
          const told = { file, bytes, startedAt: Date.now() };
          await writingProgress(cli, { quiet, progress }, told, (onRows) =>
            dataset.writePartition(source, { root, snapshot, partition, pool, signal, onRows }),
          );
          if (quiet !== true) note(cli, `${partitionPath(root, partition)}: ${rows} rows`);
        }
      }),
    );
  } finally {
    source.close();
  }
}
