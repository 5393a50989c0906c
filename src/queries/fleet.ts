import { nodeNames } from "../inventory/nodes.ts";
import { SLOTS } from "../inventory/slot.ts";
import { type Column, column, type Row, type Section } from "./answer.ts";
import { isUnfiltered } from "./filters.ts";
import { damageNotes, sameDataNotes } from "./notes.ts";
import { sampleOf } from "./sampling.ts";
import { type Scope, scopeNotes } from "./scope.ts";
import { totals } from "./summary.ts";
import { counted, thousands } from "./words.ts";

/** A node of a fleet, or a file that is missing. */
type NodeRow = {
  readonly snapshot: number;
  readonly node: string;
  readonly path: string;
  readonly keys: number | null;
  readonly bytes: number | null;
  /** Predicted after loading; null where only a part of the keys is looked at. */
  readonly used_memory: number | null;
  readonly used_memory_share: number | null;
  readonly over_mean: number | null;
  readonly slots: number | null;
  /** What is wrong with it, in a few words. */
  readonly flags: string;
};

const COLUMNS: readonly Column[] = [
  column("snapshot", "#", "count"),
  column("node", "Node", "key"),
  column("path", "Snapshot", "key", { machineOnly: true }),
  column("keys", "Keys", "count", { sum: true }),
  column("bytes", "Memory of keys", "bytes", { sum: true, spare: true }),
  column("used_memory", "used_memory", "bytes", { sum: true }),
  column("used_memory_share", "% used", "share"),
  column("over_mean", "× mean", "ratio"),
  column("slots", "Slots", "count", { spare: true }),
  column("flags", "Flags", "text", { wraps: true }),
];

/** Warnings that make a node's figures doubtful, in a word. */
const FLAGS: Readonly<Record<string, string>> = {
  SALVAGED: "salvaged",
  HEADER_LOST: "salvaged",
  INPUT_DAMAGED: "salvaged",
  CHECKSUM_MISMATCH: "wrong checksum",
  SAMPLE: "sample",
};

interface Found extends Omit<NodeRow, "flags"> {
  readonly same_as: number | null;
  readonly relation: string | null;
  readonly codes: string | null;
}

const NODES_SQL = `SELECT n.*, (SELECT group_concat(DISTINCT code) FROM warnings WHERE snapshot = n.snapshot) AS codes
  FROM nodes n ORDER BY n.snapshot`;
const FAILED_SQL = "SELECT snapshot, path, code FROM failed_files ORDER BY snapshot";
const SLOTS_SQL = `SELECT count(*) AS used, coalesce(sum(owners > 1), 0) AS shared
  FROM (SELECT count(*) AS owners FROM slots GROUP BY slot)`;

/** All nodes of an inventory in a line each, the fullest first, and what is missing; `scopes` are all of its snapshots. */
export function fleetSections(scopes: readonly Scope[]): Section[] {
  const { inventory, filters } = scopes[0]!;
  const whole = isUnfiltered(filters);
  const found = inventory.all<Found>(NODES_SQL);
  const nodes = whole ? found : found.map((row, i) => ofFilter(row, scopes[i]!));
  const sampled = scopes.some(({ snapshot }) => sampleOf(snapshot) !== undefined);
  const failed = missing(inventory.all<Missing>(FAILED_SQL));
  const size = ({ used_memory, bytes }: NodeRow) => used_memory ?? bytes ?? 0;
  const rows = nodes.map(flagged).sort((a, b) => size(b) - size(a) || a.snapshot - b.snapshot);
  const notes = [
    ...damageNotes(inventory),
    ...scopeNotes(scopes[0]!),
    ...sameDataNotes(inventory),
    ...(whole && !sampled ? slotNotes(scopes[0]!) : []),
    "one snapshot: --snapshot N",
  ];
  const title = `${counted(nodes.length, "snapshot")} in one inventory`;
  return [{ name: "fleet", title, columns: COLUMNS, rows: [...rows, ...failed] satisfies Row[], notes }];
}

function ofFilter(row: Found, scope: Scope): Found {
  const { keys, bytes } = totals(scope);
  return { ...row, keys, bytes, used_memory: null, used_memory_share: null, over_mean: null, slots: null };
}

function flagged({ same_as, relation, codes, ...row }: Found): NodeRow {
  const told = (codes ?? "").split(",").flatMap((code) => FLAGS[code] ?? []);
  const same = relation === "series" ? `same server as ${same_as}` : `same data as ${same_as}`;
  const flags = [...new Set(told), ...(same_as === null ? [] : [same])].join(", ");
  const { snapshot, node, path, keys, bytes, used_memory, used_memory_share, over_mean, slots } = row;
  return { snapshot, node, path, keys, bytes, used_memory, used_memory_share, over_mean, slots, flags };
}

interface Missing {
  readonly snapshot: number;
  readonly path: string;
  readonly code: string;
}

function missing(failed: readonly Missing[]): NodeRow[] {
  const names = nodeNames(failed.map(({ path }) => path));
  const none = { keys: null, bytes: null, used_memory: null, used_memory_share: null, over_mean: null };
  return failed.map(({ snapshot, path, code }, i) => ({
    ...{ snapshot, node: names[i]!, path, ...none, slots: null },
    flags: `missing: ${code}`,
  }));
}

function slotNotes({ inventory }: Scope): string[] {
  const { used, shared } = inventory.get<{ used: number; shared: number }>(SLOTS_SQL)!;
  if (used === 0) return [];
  const twice =
    shared === 0 ? "none of them in two snapshots" : `${thousands(shared)} of them in several snapshots`;
  return [`${thousands(used)} of ${thousands(SLOTS)} hash slots have keys, ${twice}`];
}
