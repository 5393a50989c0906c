import { UsageError } from "../errors.ts";
import { fileNode, PARTITION_VALUE } from "../inventory/file-node.ts";
import { boundedTime, PARTITION_COLUMNS, type TableName } from "./tables.ts";

/** Which snapshot of a fleet rows are of. */
export type Partition = Readonly<Record<(typeof PARTITION_COLUMNS)[number], string>>;

/** What users say of it; the rest is derived of the snapshot. */
export type PartitionChoice = { readonly [K in keyof Partition]?: string | undefined };

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** @throws {UsageError} for what cannot be a folder's name wherever datasets are read */
export function checkPartition(choice: PartitionChoice): void {
  for (const name of PARTITION_COLUMNS) {
    const value = choice[name];
    if (value === undefined) continue;
    if (!PARTITION_VALUE.test(value))
      throw new UsageError(`--${name} ${JSON.stringify(value)}: it has letters, digits, . _ and - only`);
    if (name === "date" && !isDay(value))
      throw new UsageError(`--date ${JSON.stringify(value)} is no day: it is written as 2026-01-31`);
  }
}

function isDay(value: string): boolean {
  const time = DATE.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

/** The partition of a snapshot that was made at `createdAt` and read from `file`; `-` is the standard input. */
export function partitionOf(choice: PartitionChoice, file: string, createdAt: number): Partition {
  const { cluster = "default", date = new Date(boundedTime(createdAt)).toISOString().slice(0, 10) } = choice;
  return { cluster, date, node: choice.node ?? fileNode(file) };
}

/** The folder of a partition, from a dataset's folder on; `/` on every system. */
export function folderOf(table: TableName, partition: Partition): string {
  return [table, ...PARTITION_COLUMNS.map((name) => `${name}=${partition[name]}`)].join("/");
}

/** @throws {UsageError} when two snapshots would be one partition */
export function checkDistinct(partitions: readonly Partition[]): void {
  const seen = new Set<string>();
  for (const partition of partitions) {
    const folder = folderOf("keys", partition);
    if (seen.has(folder)) {
      throw new UsageError(
        `two snapshots would be ${folder.slice("keys/".length)}: write each with a --node or --date of its own`,
      );
    }
    seen.add(folder);
  }
}
