import * as z from "zod";
import type { Inventory } from "../../inventory/open.ts";
import { snapshots } from "../../queries/snapshots.ts";
import type { Cell, FoundKey, FoundKeys } from "./shapes.ts";
import { partsOf } from "./sql.ts";
import type { Room, Work } from "./work.ts";

/** Keys that are listed. */
const MOST_KEYS = 200;
const ROOM: Room = { lines: MOST_KEYS + 2, bytes: 8 * 1024 ** 2 };

/** What is searched for. */
export const SEARCH = z.object({
  text: z.string().max(4096),
  type: z.string().max(32).default(""),
});

const COLUMNS = `snapshot, record_offset, db, key, type, encoding, bytes,
  accuracy IN ('lower bound', 'damaged') AS lower_bound, elements, expires_at, pattern`;
/** Where names are looked for: every key, or those that each inventory lists. */
const SOURCES = {
  rows: "keys",
  ranks: "(SELECT * FROM big_keys GROUP BY snapshot, record_offset)",
} as const;
/** A text with one of these is a pattern, in SQLite's words. */
const GLOB = /[*?[]/;

/** Finds keys by a part of their names, or a glob. */
export type KeySearch = (asked: z.infer<typeof SEARCH>, signal: AbortSignal) => Promise<FoundKeys>;

/** How keys of an inventory are searched for. */
export function keySearch(work: Work, inventory: Inventory): KeySearch {
  const all = snapshots(inventory);
  const source = all.every((one) => one.stored_rows > 0 || one.keys === 0) ? "rows" : "ranks";
  const about = [
    ...(source === "ranks"
      ? ["not every key has a row in this inventory: only its biggest keys were searched"]
      : []),
    ...(all.some((one) => one.sample_share !== null)
      ? ["of a sample: only keys that were drawn are found"]
      : []),
    ...(all.some((one) => one.hashed_names !== null)
      ? ["names are hashed: hashes (#…) are what is found"]
      : []),
  ];
  return async ({ text, type }, signal) => {
    const byName = GLOB.test(text) ? "key GLOB :text" : "instr(key, :text) > 0";
    const sql = `SELECT ${COLUMNS} FROM ${SOURCES[source]} WHERE (:text = '' OR ${byName})
      AND :type IN ('', type, iif(encoding = 'module', 'module', type)) ORDER BY bytes DESC, snapshot, record_offset LIMIT ${MOST_KEYS + 1}`;
    const statement = { sql, params: { text, type } };
    const found = await work.ask({ statement, format: "cells", color: false }, ROOM, signal);
    const rows = partsOf(found.text)[0]?.rows ?? [];
    return { keys: rows.slice(0, MOST_KEYS).map(keyOf), more: rows.length > MOST_KEYS, notes: about };
  };
}

function keyOf(row: readonly Cell[]): FoundKey {
  const [snapshot, offset, db, key, type, encoding, bytes, bound, elements, expires, pattern] = row;
  return {
    ...{ snapshot: Number(snapshot), offset: Number(offset), db: Number(db), key: String(key) },
    ...{ type: String(type), encoding: String(encoding), bytes: Number(bytes), lower_bound: bound === 1 },
    ...{
      elements: elements as number | null,
      expires_at: expires as number | null,
      pattern: String(pattern),
    },
  };
}
