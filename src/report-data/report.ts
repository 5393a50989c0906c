import type { Inventory } from "../inventory/open.ts";
import { VERSION } from "../io/version.ts";
import type { QuestionFilters } from "../queries/filters.ts";
import { sampleOf } from "../queries/sampling.ts";
import type { Scope } from "../queries/scope.ts";
import { snapshots } from "../queries/snapshots.ts";
import { totals } from "../queries/summary.ts";
import { shownName } from "./names.ts";
import { serverName } from "./opening.ts";
import { type Overview, REPORT_VERSION, type Report } from "./shapes.ts";
import { type Limits, snapshotReport } from "./snapshot-report.ts";

/** Which snapshots and keys a report is about. */
export interface ReportOptions {
  /** Id of one snapshot; all that the inventory has where it is not given. */
  readonly snapshot?: number | undefined;
  readonly filters?: QuestionFilters | undefined;
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
export function report(inventory: Inventory, { snapshot, filters = {} }: ReportOptions = {}): Report {
  return reportOf(snapshots(inventory, snapshot).map((one) => ({ inventory, snapshot: one, filters })));
}

/** The same of what is in scope already. */
export function reportOf(scopes: readonly Scope[]): Report {
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
