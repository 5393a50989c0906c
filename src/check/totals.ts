import * as z from "zod";
import { UsageError } from "../errors.ts";
import type { Inventory } from "../inventory/open.ts";
import { VERSION } from "../io/version.ts";
import type { Scope } from "../queries/scope.ts";
import { snapshots } from "../queries/snapshots.ts";

/** The form of baseline files; grows when it changes in a way that older versions cannot read. */
export const BASELINE_VERSION = 1;

/** Most bytes that a baseline file may have: a thousand patterns of a few types take a megabyte. */
export const MAX_BASELINE_BYTES = 64 * 1024 ** 2;

const count = z.number().nonnegative();

const GROUP = z.strictObject({
  db: z.int().nonnegative(),
  type: z.string(),
  encoding: z.string(),
  pattern: z.string(),
  keys: count,
  bytes: count,
});

/** What decides whether totals of two snapshots can be compared: figures of other ones are of another measure. */
const MEASURE = z.strictObject({
  profile: z.string(),
  allocator: z.string(),
  settings: z.string(),
  filters: z.string(),
  pattern_settings: z.string(),
  hashed_names: z.string().nullable(),
  sample_share: z.number().nullable(),
});

const TOTALS = z.strictObject({
  snapshot: z.int().positive(),
  /** Milliseconds since the epoch. */
  created_at: z.number(),
  measure: MEASURE,
  groups: z.array(GROUP),
});

const BASELINE = z.strictObject({
  rdbscope_baseline: z.literal(BASELINE_VERSION),
  tool_version: z.string(),
  snapshots: z.array(TOTALS).min(1),
});

/** What is kept of one snapshot to measure growth by: keys and bytes by database, type, encoding and pattern. */
export type Totals = z.infer<typeof TOTALS>;
/** The same of all snapshots of an inventory: what a baseline file holds. */
export type Baseline = z.infer<typeof BASELINE>;

const SQL = `SELECT db, type, encoding, pattern, sum(keys) AS keys, sum(bytes) AS bytes FROM rollup
  WHERE snapshot = @snapshot GROUP BY db, type, encoding, pattern ORDER BY bytes DESC, db, type, encoding, pattern`;

/** Totals of a snapshot, of every key in it. */
export function totalsOf({ inventory, snapshot }: Scope): Totals {
  const measure = inventory.get<Totals["measure"]>(
    `SELECT profile, allocator, settings, filters, pattern_settings, hashed_names, sample_share FROM snapshots
     WHERE snapshot = @snapshot`,
    { snapshot: snapshot.snapshot },
  )!;
  return {
    snapshot: snapshot.snapshot,
    created_at: snapshot.created_at,
    measure,
    groups: inventory.all<Totals["groups"][number]>(SQL, { snapshot: snapshot.snapshot }),
  };
}

/** Totals of all snapshots of an inventory, or of one. */
export function makeBaseline(inventory: Inventory, snapshot?: number): Baseline {
  return {
    rdbscope_baseline: BASELINE_VERSION,
    tool_version: VERSION,
    snapshots: snapshots(inventory, snapshot).map((one) =>
      totalsOf({ inventory, snapshot: one, filters: {} }),
    ),
  };
}

/**
 * A baseline file's text. `path` is what messages call it.
 * @throws {UsageError} when it is no baseline, or one of a later version
 */
export function parseBaseline(text: string, path: string): Baseline {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`${path} is no baseline file, inventory or snapshot`);
  }
  const version = (value as { rdbscope_baseline?: unknown } | null)?.rdbscope_baseline;
  if (typeof version === "number" && version > BASELINE_VERSION)
    throw new UsageError(
      `${path} is a baseline of a later version of rdbscope: make it again with --update-baseline`,
    );
  const result = BASELINE.safeParse(value);
  if (result.success) return result.data;
  const where = result.error.issues[0]!.path.join(".");
  throw new UsageError(
    `${path} is no baseline file${where === "" ? "" : `: ${where} is not as it was written`}: make it again with --update-baseline`,
  );
}

/** What each part of a measure is called, and whether it is JSON of an object. */
const PARTS: Readonly<Record<keyof Totals["measure"], readonly [what: string, isJson: boolean]>> = {
  profile: ["the profile", false],
  allocator: ["the allocator", false],
  settings: ["the setting", true],
  filters: ["the filter", true],
  pattern_settings: ["the setting of patterns", true],
  hashed_names: ["the secret that names are hashed with", false],
  sample_share: ["the share of the sample", false],
};

/** Why totals cannot be compared, in words; undefined: they can. */
export function differentMeasure(old: Totals, now: Totals): string | undefined {
  const names = Object.keys(PARTS) as (keyof Totals["measure"])[];
  const name = names.find((one) => old.measure[one] !== now.measure[one]);
  if (name === undefined) return undefined;
  const [what, isJson] = PARTS[name];
  const [before, after] = [old, now].map(({ measure }) => membersOf(measure[name], isJson));
  const member =
    Object.keys({ ...before, ...after }).find((one) => said(before![one]) !== said(after![one])) ?? "";
  const which = member === "" ? what : `${what} ${member}`;
  return `${which} of the baseline is ${said(before![member])}, that of the snapshot ${said(after![member])}`;
}

/** What is not JSON is one member without a name. */
function membersOf(value: string | number | null, isJson: boolean): Record<string, unknown> {
  if (!isJson) return { "": value };
  try {
    return JSON.parse(String(value)) as Record<string, unknown>;
  } catch {
    return { "": value }; // a baseline file that somebody changed
  }
}

function said(value: unknown): string {
  if (value === undefined || value === null) return "none";
  return typeof value === "string" ? value : JSON.stringify(value);
}
