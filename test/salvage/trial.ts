import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { RdbError } from "../../parsers/errors.ts";
import { analyze } from "../../src/pipeline/analyze.ts";

/** A key of an inventory: where its record stands, and what it is sized as. */
export interface KeyRow {
  readonly offset: number;
  readonly end: number;
  readonly bytes: number;
}

/** What a damaged snapshot's inventory says, key by key (`db:key`). */
export interface Salvaged {
  readonly rows: ReadonlyMap<string, KeyRow>;
  readonly marked: boolean;
  readonly checksum: string;
}

/** Damage of a kind; the range is what it changed. */
export interface Damage {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** How a trial ended. */
export interface Verdict {
  /** Keys wholly outside the damaged range, and those of them that have their row with the same bytes. */
  readonly wanted: number;
  readonly kept: number;
  /** Rows of keys that the whole snapshot does not have, from bytes that were not damaged. */
  readonly invented: number;
  readonly marked: boolean;
}

export function truncated(whole: Buffer, at: number): Damage {
  return { bytes: whole.subarray(0, at), start: at, end: whole.length };
}

export function overwritten(whole: Buffer, at: number, noise: Uint8Array): Damage {
  const bytes = Buffer.from(whole);
  bytes.set(noise, at);
  return { bytes, start: at, end: at + noise.length };
}

/** Every key of a snapshot; undefined when there is no inventory because nothing can be believed. */
export async function inventoryOf(
  folder: string,
  bytes: Uint8Array,
  salvage: boolean,
): Promise<Salvaged | undefined> {
  const input = path.join(folder, "trial.rdb");
  const output = path.join(folder, "trial.sqlite");
  fs.writeFileSync(input, bytes);
  try {
    await analyze({ inputs: [input], output, force: true, workers: 1, salvage });
  } catch (error) {
    if (error instanceof RdbError) return undefined;
    throw error;
  }
  const db = new Database(output, { readonly: true });
  try {
    const rows = db
      .prepare("SELECT db, CAST(key AS BLOB) AS key, record_offset, serialized_bytes, bytes FROM keys")
      .raw()
      .iterate() as Iterable<[number, Buffer, number, number, number]>;
    const found = new Map<string, KeyRow>();
    for (const [number, key, offset, length, size] of rows)
      found.set(`${number}:${key.toString("latin1")}`, { offset, end: offset + length, bytes: size });
    const one = db.prepare("SELECT salvaged, checksum FROM snapshots").get() as {
      salvaged: number;
      checksum: string;
    };
    const lost = db.prepare("SELECT count(*) FROM lost_ranges").pluck().get() as number;
    const marked = (one.salvaged === 1 && lost > 0) || one.checksum === "mismatch";
    return { rows: found, marked, checksum: one.checksum };
  } finally {
    db.close();
  }
}

/** Holds what was salvaged against the whole snapshot. */
export function judge(whole: Salvaged, damage: Damage, salvaged: Salvaged | undefined): Verdict {
  const isOutside = ({ offset, end }: KeyRow) => offset >= damage.end || end <= damage.start;
  let wanted = 0;
  let kept = 0;
  for (const [name, row] of whole.rows) {
    if (!isOutside(row)) continue;
    wanted++;
    if (salvaged?.rows.get(name)?.bytes === row.bytes) kept++;
  }
  const rows = [...(salvaged?.rows ?? [])];
  const invented = rows.filter(([name, row]) => isOutside(row) && !whole.rows.has(name)).length;
  return { wanted, kept, invented, marked: salvaged?.marked ?? wanted === 0 };
}
