import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Answer, DiffJoinTask, DiffSpillTask, DiffSumTask } from "../../workers/protocol.ts";
import { fromErrorRecord, IoError, reasonOf } from "../errors.ts";
import { removeLeftovers, removeTemp, tempName, track } from "../io/leftovers.ts";
import { runGuarded } from "../pipeline/guard.ts";
import { WorkerPool } from "../pipeline/pool.ts";
import { DirtyBuckets, shareSums } from "./bucket-sums.ts";
import type { SideRows } from "./rows.ts";
import type { SpilledBlock, SpillFile } from "./spill.ts";
import type { DiffTally, TallyOptions } from "./tally.ts";

/** What a partition of one side should take in memory. */
const PARTITION_BYTES = 3 * 2 ** 20;
/** What a row takes in a temporary file, more or less. */
const ROW_BYTES = 96;
const MAX_PARTITIONS = 512;
/** What a thread gathers before it writes. */
const GATHERED_BYTES = 16 * 2 ** 20;
const MAX_BLOCK_BYTES = 65536;

/** How rows are joined. */
export interface JoinOptions {
  readonly tally: Omit<TallyOptions, "key">;
  /** Rows of the larger side. */
  readonly rows: number;
  /** Threads. */
  readonly workers: number;
  /** Where what does not fit into memory goes; default: the system's folder for temporary files. */
  readonly tempDir?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds what differs between the rows of two sides, in memory that does not grow with them, in three steps, each by all threads: hashes
 * of all rows are added up by buckets of names; rows of buckets that do not come to the same are written to a temporary file,
 * parted by hash; each part is joined.
 * @throws {IoError} when something cannot be read or written. @throws the signal's reason when aborted
 */
export async function joinRows(
  sides: readonly [SideRows, SideRows],
  options: JoinOptions,
): Promise<DiffTally[]> {
  const pool = new WorkerPool(options.workers);
  let temp: TempRows | undefined;
  try {
    return await runGuarded(pool, options.signal, async () => {
      const key = new Int32Array(new Uint8Array(randomBytes(8)).buffer);
      const { bits: dirty, share } = await dirtyBuckets(pool, sides, options, key);
      if (share === 0) return [];
      temp = new TempRows(options.tempDir ?? os.tmpdir());
      const { fd, folder } = temp;
      const file: SpillFile = { fd, folder, next: counter(), ...partsOf(share * options.rows) };
      const spilling = { step: "spill", sides, key, dirty, file, next: counter() } as const;
      const blocks = (await all<DiffSpillTask, SpilledBlock[]>(pool, options, spilling)).flat();
      const joining = {
        step: "join",
        file,
        blocks,
        next: counter(),
        tally: { ...options.tally, key },
      } as const;
      return await all<DiffJoinTask, DiffTally>(pool, options, joining);
    });
  } finally {
    temp?.close(); // When no thread is left that could write to what has its number next.
  }
}

/** The sums are let go of as soon as it is known which buckets they are about. */
async function dirtyBuckets(
  pool: WorkerPool,
  sides: readonly [SideRows, SideRows],
  options: JoinOptions,
  key: Int32Array,
): Promise<{ bits: Int32Array; share: number }> {
  const sums = shareSums(options.rows);
  await all<DiffSumTask, null>(pool, options, { step: "sum", sides, key, sums, next: counter() });
  const { dirty, share } = DirtyBuckets.of(sums);
  return { bits: dirty.bits, share };
}

function counter(): SharedArrayBuffer {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
}

/** Has all threads do their share of a step. */
async function all<T extends object, R>(pool: WorkerPool, { workers }: JoinOptions, task: T): Promise<R[]> {
  const answers = await Promise.all(Array.from({ length: workers }, () => pool.run<Answer<R>>("diff", task)));
  return answers.map((answer) => {
    if (answer.error !== undefined) throw fromErrorRecord(answer.error);
    return answer.value;
  });
}

/** In how many parts so many rows a side are joined, and in which pieces they are written. */
function partsOf(rows: number): Pick<SpillFile, "partitions" | "blockBytes"> {
  const wanted = Math.max(1, (rows * ROW_BYTES) / PARTITION_BYTES);
  const partitions = Math.min(MAX_PARTITIONS, 2 ** Math.ceil(Math.log2(wanted)));
  return { partitions, blockBytes: Math.min(MAX_BLOCK_BYTES, GATHERED_BYTES / (2 * partitions)) };
}

/** A temporary file, but on Windows without a name. */
class TempRows {
  readonly fd: number;
  readonly folder: string;
  private readonly file: string;

  constructor(folder: string) {
    this.folder = folder;
    this.file = path.join(folder, tempName("diff"));
    try {
      removeLeftovers(folder);
      track(this.file);
      this.fd = fs.openSync(this.file, "wx+", 0o600);
      if (process.platform !== "win32") removeTemp(this.file);
    } catch (cause) {
      throw new IoError(`cannot write in ${folder}: ${reasonOf(cause)}`, { cause });
    }
  }

  close(): void {
    fs.closeSync(this.fd);
    removeTemp(this.file);
  }
}
