import { UsageError } from "../../errors.ts";
import { openInventory } from "../../inventory/open.ts";
import { MAX_NAME_BYTES } from "../../inventory/rollup/top-keys.ts";
import { SNAPSHOT_ID_SHIFT } from "../../inventory/schema.ts";
import { explain } from "../../pipeline/explain.ts";
import { snapshots } from "../../queries/snapshots.ts";
import { processCli, write } from "../io.ts";
import type { ExplainedKey } from "../serve/shapes.ts";
import { keyBytes } from "../split-args.ts";
import { tellFailure } from "./answer.ts";
import { nameCell } from "./cells.ts";
import { type ExplainTask, tell } from "./protocol.ts";

/** Explains a key and writes a line of JSON to stdout; what goes wrong is told to the waiting process. */
export async function explainTo(task: ExplainTask, onWaiting: (waiting: boolean) => void): Promise<void> {
  try {
    const { snapshotFile, tempDir, maxExpanded } = task.explain;
    const { snapshot, key, db, offset, hashed } = wanted(task);
    const found = await explain({
      ...{ file: task.path, key, db, snapshot, snapshotFile, tempDir, maxExpanded, settings: {} },
      onDamage: ({ message }) => tell({ note: message }),
    });
    const chosen = found.filter(({ record_offset: at }) => offset === undefined || at === offset);
    // A name that the inventory hides stays hidden.
    const told: ExplainedKey[] = chosen.map((one) => ({
      ...one,
      path: nameCell(one.path),
      key: nameCell(hashed ? Buffer.from(key) : one.key),
    }));
    await write(processCli(onWaiting), `${JSON.stringify(told)}\n`);
  } catch (error) {
    tellFailure(asNamed(task, error));
  }
}

/** The same error, with the inventory as messages call it. */
function asNamed({ path, name }: ExplainTask, error: unknown): unknown {
  if (error instanceof Error) error.message = error.message.replaceAll(path, name);
  return error;
}

/** What is looked for in the snapshot. */
interface Wanted {
  readonly key: Uint8Array;
  readonly snapshot?: number;
  readonly db?: number | undefined;
  readonly offset?: number;
  readonly hashed: boolean;
}

/** @throws {UsageError} when the inventory does not know the key's whole name */
function wanted({ path, name, explain: asked }: ExplainTask): Wanted {
  const inventory = openInventory(path, name);
  try {
    const hashed = snapshots(inventory).some(({ hashed_names: id }) => id !== null);
    if ("key" in asked) return { key: keyBytes(asked.key), db: asked.db, hashed };
    const { snapshot, offset } = asked;
    const row =
      inventory.get<Found>(BY_ROW, { id: (snapshot - 1) * SNAPSHOT_ID_SHIFT + offset }) ??
      inventory.get<Found>(BY_RANK, { snapshot, offset });
    if (row === undefined)
      throw new UsageError(`${name} knows no key at byte ${offset} of snapshot ${snapshot}`);
    if (row.cut === 1)
      throw new UsageError("the inventory does not have all of this name: analyze with --keys all");
    return { key: Buffer.from(row.key), db: row.db, snapshot, offset, hashed };
  } finally {
    inventory.close();
  }
}

interface Found {
  readonly db: number;
  readonly key: string | Buffer;
  /** 1: it may be the beginning of a longer name. */
  readonly cut: number;
}

const BY_ROW = "SELECT db, key, 0 AS cut FROM key_rows WHERE id = @id";
const BY_RANK = `SELECT db, key, octet_length(key) >= ${MAX_NAME_BYTES} AS cut FROM big_keys
  WHERE snapshot = @snapshot AND record_offset = @offset LIMIT 1`;
