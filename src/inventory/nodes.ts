import path from "node:path";
import type Database from "better-sqlite3";
import { withoutEndings } from "../io/snapshot-names.ts";
import { fileNode } from "./file-node.ts";

/**
 * What the nodes of snapshots are called: the file's name without its endings, and the folders above it as far as names are the
 * same. What is still the same then (one file twice) is told apart by a number.
 */
export function nodeNames(paths: readonly string[]): string[] {
  const parts = paths.map(partsOf);
  const depths = paths.map(() => 1);
  const nameOf = (i: number) => parts[i]!.slice(-depths[i]!).join("/");
  for (;;) {
    const same = sameNames(paths.map((_, i) => nameOf(i)));
    const longer = same.filter((i) => depths[i]! < parts[i]!.length);
    if (longer.length === 0) break;
    for (const i of longer) depths[i]!++;
  }
  const seen = new Map<string, number>();
  return paths.map((_, i) => {
    const name = nameOf(i);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

/** Folders and the file's own name; the standard input has no path. */
function partsOf(file: string): string[] {
  if (file === "-") return ["stdin"];
  const parts = path
    .normalize(file)
    .split(/[\\/]/)
    .filter((part) => part !== "" && part !== ".");
  const own = withoutEndings(parts.pop() ?? file);
  return [...parts, own];
}

/**
 * What they are called in a fleet: as a partition of a dataset is, by the file's name alone, which is the same on every day; and where
 * several files of one day are called so, with the folders that tell them apart.
 */
function fleetNames(rows: readonly { readonly path: string; readonly day: string }[]): string[] {
  const names = rows.map((row) => fileNode(row.path));
  for (const day of new Set(rows.map((row) => row.day))) {
    const ofDay = [...rows.keys()].filter((i) => rows[i]!.day === day);
    const same = sameNames(ofDay.map((i) => names[i]!)).map((i) => ofDay[i]!);
    const longer = nodeNames(same.map((i) => rows[i]!.path));
    for (const [k, i] of same.entries()) names[i] = longer[k]!;
  }
  return names;
}

/** Which of these names stand there more than once. */
function sameNames(names: readonly string[]): number[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...names.keys()].filter((i) => counts.get(names[i]!)! > 1);
}

/** Ranges of slots that are written out. */
const MAX_RANGES = 100;

/** Slots in ascending order as text, as CLUSTER SLOTS has them in mind: `0-5460,5462`. */
export function rangesOf(slots: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const slot of slots) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === slot - 1) last[1] = slot;
    else ranges.push([slot, slot]);
  }
  const shown = ranges.slice(0, MAX_RANGES).map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`));
  const more = ranges.length - shown.length;
  return [...shown, ...(more > 0 ? [`… (${more} more)`] : [])].join(",");
}

/** What a warning says of two snapshots that hold the same data. */
export const SAME_DATA = "SAME_DATA";

interface SameRow {
  readonly snapshot: number;
  readonly path: string;
  readonly same_as: number;
  readonly same_path: string;
  readonly relation: string;
  readonly offset_distance: number | null;
}

const SAME_SQL = `SELECT d.snapshot AS snapshot, s.path AS path, min(d.same_as) AS same_as, o.path AS same_path,
    d.relation AS relation, d.offset_distance AS offset_distance
  FROM same_data d JOIN snapshot_rows s ON s.id = d.snapshot JOIN snapshot_rows o ON o.id = d.same_as
  WHERE d.relation <> 'series' GROUP BY d.snapshot ORDER BY d.snapshot`;

const FILES_SQL =
  "SELECT id, path, date(created_at / 1000, 'unixepoch') AS day FROM snapshot_rows ORDER BY id";

/** Completes what can only be said when all snapshots of an inventory are known: names of nodes, and what is there twice. */
export function describeNodes(db: Database.Database): void {
  const rows = db.prepare(FILES_SQL).all() as { id: number; path: string; day: string }[];
  const names = nodeNames(rows.map((row) => row.path));
  const inFleet = fleetNames(rows);
  const name = db.prepare("UPDATE node_rows SET node = ?, file_node = ? WHERE snapshot = ?");
  for (const [i, { id }] of rows.entries()) name.run(names[i]!, inFleet[i]!, id);
  db.prepare("DELETE FROM warnings WHERE code = ?").run(SAME_DATA);
  const warn = db.prepare("INSERT INTO warnings VALUES (?, ?, NULL, ?)");
  for (const row of db.prepare(SAME_SQL).all() as SameRow[]) warn.run(row.snapshot, SAME_DATA, sentence(row));
}

const WHY: Readonly<Record<string, (row: SameRow) => string>> = {
  "same file": () => "it is the same file",
  "same offset": () => "the same replication id and offset: a primary and its replica, or a copy",
  "minutes apart": ({ offset_distance }) =>
    `the same replication id${offset_distance === null ? "" : `, offsets ${offset_distance} bytes apart`}, saved within 15 minutes: a primary and its replica, or one server twice`,
  "same slots": () =>
    "keys in the same slots, saved within 15 minutes: a primary and its replica, or one server twice",
};

function sentence(row: SameRow): string {
  const why = WHY[row.relation]!(row);
  return `snapshot ${row.snapshot}, ${row.path}, holds the same data as snapshot ${row.same_as}, ${row.same_path} (${why}): totals of the inventory count it twice`;
}
