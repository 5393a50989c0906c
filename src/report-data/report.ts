import type { Inventory } from "../inventory/open.ts";
import { VERSION } from "../io/version.ts";
import type { QuestionFilters } from "../queries/filters.ts";
import { sampleOf } from "../queries/sampling.ts";
import type { Scope } from "../queries/scope.ts";
import { snapshots } from "../queries/snapshots.ts";
import { totals } from "../queries/summary.ts";
import { changesOf } from "./changes.ts";
import { shownName } from "./names.ts";
import { serverName } from "./opening.ts";
import { type Limits, snapshotReport } from "./snapshot-report.ts";
import type { Overview, Report } from "./types.ts";
import { REPORT_VERSION } from "./version.ts";

/** Which snapshots and keys a report is about. */
export interface ReportOptions {
  /** Id of one snapshot; all that the inventory has where it is not given. */
  readonly snapshot?: number | undefined;
  readonly filters?: QuestionFilters | undefined;
  /** An earlier inventory: the report tells what became of its keys, of all its snapshots together. */
  readonly baseline?: Inventory | undefined;
}

/** Snapshots that are told in detail, and in a line: a report stays below 2 MB whatever it is of. */
const MOST_IN_DETAIL = 6;
const MOST_TOLD = 500;
/** What all details together may list. */
const LEAVES = 2400;
const PATTERNS = 600;
const KEYS = 1000;

/**
 * The data of a report: what the page shows and `report --format json` writes.
 * @throws {UsageError} when there is no such snapshot, or filters need rows of keys that the inventory does not have
 */
export function report(
  inventory: Inventory,
  { snapshot, filters = {}, baseline }: ReportOptions = {},
): Report {
  const scopesOf = (of: Inventory, id?: number) =>
    snapshots(of, id).map((one): Scope => ({ inventory: of, snapshot: one, filters }));
  return reportOf(scopesOf(inventory, snapshot), baseline && scopesOf(baseline));
}

/** The same of what is in scope already, and of what was in a baseline. */
export function reportOf(scopes: readonly Scope[], baseline?: readonly Scope[]): Report {
  const all = scopes.map((scope) => ({ scope, totals: totals(scope) }));
  const largest = all
    .toSorted((a, b) => b.totals.bytes - a.totals.bytes)
    .slice(0, MOST_IN_DETAIL)
    .map(({ scope }) => scope);
  const limits = limitsOf(Math.min(all.length, MOST_IN_DETAIL));
  const detailed = scopes.filter((scope) => largest.includes(scope));
  return {
    report_version: REPORT_VERSION,
    tool_version: VERSION,
    source: shownName(scopes[0]!.inventory.path),
    snapshots: all.slice(0, MOST_TOLD).map((one) => overviewOf(one, detailed.includes(one.scope))),
    reports: detailed.map((scope) => snapshotReport(scope, limits)),
    changes: baseline === undefined ? null : changesOf(baseline, scopes),
  };
}

function limitsOf(count: number): Limits {
  return {
    leaves: Math.floor(LEAVES / count),
    patterns: Math.floor(PATTERNS / count),
    keys: Math.floor(KEYS / count),
  };
}

function overviewOf(
  { scope: { snapshot }, totals: all }: { scope: Scope; totals: ReturnType<typeof totals> },
  inDetail: boolean,
): Overview {
  return {
    snapshot: snapshot.snapshot,
    path: shownName(snapshot.path),
    server: serverName(snapshot.server, snapshot.server_version),
    created_at: snapshot.created_at,
    keys: Math.round(all.keys),
    bytes: Math.round(all.bytes),
    lower_bound_keys: Math.round(all.lower_bound_keys),
    is_estimate: sampleOf(snapshot) !== undefined,
    in_detail: inDetail,
  };
}
