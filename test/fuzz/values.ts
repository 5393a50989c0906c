import fs from "node:fs";
import { UsageError } from "../../src/errors.ts";
import { type ExportedValues, exportValues, getValue, type ValueFormat } from "../../src/index.ts";
import { openInventory } from "../../src/inventory/open.ts";
import { keyRows } from "../../src/queries/key-rows.ts";
import { snapshots } from "../../src/queries/snapshots.ts";
import { FORMATS, type FormatName } from "../../src/reports/index.ts";
import { PLAIN } from "../../src/reports/style.ts";
import { claim } from "./claim.ts";
import type { Random } from "./random.ts";

const VALUES: readonly ValueFormat[] = ["json", "ndjson", "resp", "restore", "keys"];
const ROWS: readonly FormatName[] = ["csv", "ndjson"];
/** Larger snapshots may become gigabytes, which nobody takes while the worker writes them in this thread. */
const MAX_BYTES = 65_536;
/** What is written is looked at up to here; the rest is let go. */
const MAX_KEPT = 2 ** 23;

/** Exports all values in some format; `undefined` where the snapshot is too large for that. Lines and JSON have to be sound. */
export async function exportSome(
  input: string,
  random: Random,
  salvage = false,
): Promise<ExportedValues | undefined> {
  const format = random.pick(VALUES);
  if (fs.statSync(input).size > MAX_BYTES) return undefined;
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const take = async (piece: Uint8Array) => {
    bytes += piece.length;
    if (bytes <= MAX_KEPT) pieces.push(piece);
  };
  const exported = await exportValues({ input, format, take, salvage });
  if (bytes > MAX_KEPT) return exported;
  const text = Buffer.concat(pieces).toString("latin1");
  if (format === "json") JSON.parse(text);
  if (format === "ndjson" || format === "keys") {
    const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
    claim(lines.length === exported.keys, `${format} has ${lines.length} lines for ${exported.keys} keys`);
    if (format === "ndjson") for (const line of lines) JSON.parse(line);
  }
  return exported;
}

/** Reads the value of a key that has a row. */
export async function getSome(file: string, key: Uint8Array, db: number, random: Random): Promise<void> {
  const as = random.pick(["json", "resp"] as const);
  try {
    const found = await getValue({ file, key, db, as, limit: 1 + random.small(200) });
    claim(found.length > 0, "get finds no key that has a row");
    for (const { text, shown, elements } of found) {
      claim(shown <= elements, `get shows ${shown} of ${elements} elements`);
      if (as === "json") JSON.parse(text.toString("latin1"));
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error; // The key is there too many times.
  }
}

/** Writes a row a key; returns how many. */
export function exportRows(file: string, random: Random): number {
  const format = random.pick(ROWS);
  const inventory = openInventory(file);
  try {
    const [snapshot] = snapshots(inventory);
    const section = keyRows({ inventory, snapshot: snapshot!, filters: {} });
    const layout = { style: PLAIN, titles: false, width: Number.POSITIVE_INFINITY, rawCsv: false };
    let lines = 0;
    for (const line of FORMATS[format]([{ section, extra: {} }], layout)) {
      lines++;
      if (format === "ndjson") JSON.parse(line);
      else claim(!/[\n\r]/.test(line), "a row of CSV is more than a line");
    }
    return format === "csv" ? lines - 1 : lines;
  } finally {
    inventory.close();
  }
}
