import type { Inventory } from "../inventory/open.ts";
import { VERSION } from "../io/version.ts";
import type { QuestionFilters } from "../queries/filters.ts";
import { sampleOf } from "../queries/sampling.ts";
import type { Scope } from "../queries/scope.ts";
import { snapshots } from "../queries/snapshots.ts";
import { totals } from "../queries/summary.ts";
import { changesOf } from "./changes.ts";
import { embedded } from "./embedded.ts";
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

/** Snapshots that are told in detail. */
const MOST_IN_DETAIL = 6;
/** What all lists of a report may hold together, where names are of usual length. */
const LIMITS = { leaves: 2400, patterns: 600, keys: 1000, findings: 5, changes: 150, snapshots: 500 };
/** Bytes of the data in a page that is to stay below 2 MB. */
const MOST_BYTES = 1.75 * 1024 ** 2;
/** How often the limits are halved until it is: then there is next to nothing left. */
const HALVINGS = 7;

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

/** The same of what is in scope already, and of what was in a baseline: the longest report that is short enough. */
export function reportOf(scopes: readonly Scope[], baseline?: readonly Scope[]): Report {
  const all = scopes.map((scope) => ({ scope, totals: totals(scope) }));
  for (let halved = 0; ; halved++) {
    const one = reportWithin(all, baseline, halved);
    if (halved === HALVINGS || Buffer.byteLength(embedded(one)) <= MOST_BYTES) return one;
  }
}

type Counted = { readonly scope: Scope; readonly totals: ReturnType<typeof totals> };

function reportWithin(
  all: readonly Counted[],
  baseline: readonly Scope[] | undefined,
  halved: number,
): Report {
  const largest = all
    .toSorted((a, b) => b.totals.bytes - a.totals.bytes)
    .slice(0, MOST_IN_DETAIL)
    .map(({ scope }) => scope);
  const scopes = all.map(({ scope }) => scope);
  const detailed = scopes.filter((scope) => largest.includes(scope));
  const whole = 2 ** -halved;
  const limits = limitsOf(whole / detailed.length, halved === 0 || detailed.length === 1);
  return {
    report_version: REPORT_VERSION,
    tool_version: VERSION,
    source: shownName(scopes[0]!.inventory.path),
    snapshots: all
      .slice(0, atLeastOne(LIMITS.snapshots * whole))
      .map((one) => overviewOf(one, detailed.includes(one.scope))),
    reports: detailed.map((scope) => snapshotReport(scope, limits)),
    changes: baseline === undefined ? null : changesOf(baseline, scopes, atLeastOne(LIMITS.changes * whole)),
  };
}

function limitsOf(share: number, slots: boolean): Limits {
  return {
    leaves: atLeastOne(LIMITS.leaves * share),
    patterns: atLeastOne(LIMITS.patterns * share),
    keys: atLeastOne(LIMITS.keys * share),
    findings: atLeastOne(LIMITS.findings * share),
    slots,
  };
}

function atLeastOne(count: number): number {
  return Math.max(1, Math.floor(count));
}

function overviewOf({ scope: { snapshot }, totals: all }: Counted, inDetail: boolean): Overview {
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
