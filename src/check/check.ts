import type { Info } from "../doctor/info.ts";
import { UsageError } from "../errors.ts";
import type { Inventory } from "../inventory/open.ts";
import { notesOf } from "../queries/notes.ts";
import { sampleOf } from "../queries/sampling.ts";
import { hasKeyRows, type Scope } from "../queries/scope.ts";
import { type SnapshotRow, snapshots } from "../queries/snapshots.ts";
import { counted, thousands } from "../queries/words.ts";
import type { Place, Policy, PolicyRule, Waiver } from "./policy.ts";
import type { AskSql, Context, Found, Level, Need, Violation } from "./rule.ts";
import { choiceNames, choiceText, type GroupSums, sumsOf } from "./select.ts";
import { type Baseline, differentMeasure, type Totals, totalsOf } from "./totals.ts";
import { Waivers, type WaiverUse } from "./waivers.ts";

/** How a rule ended: skipped where there is no baseline to compare with. */
export type Status = "passed" | "failed" | "waived" | "skipped";

/** What a rule said of a snapshot. */
export interface RuleResult extends Place {
  readonly id: string;
  /** The kind of rule. */
  readonly rule: string;
  readonly description: string | null;
  readonly severity: Level;
  readonly status: Status;
  /** What was measured, in one line. */
  readonly measured: string;
  /** Whether that is estimated from a sample. */
  readonly estimated: boolean;
  /** Violations that are not waived, the worst first: as many as are to be told. */
  readonly violations: readonly Violation[];
  /** How many there are. */
  readonly violation_count: number;
  readonly waived_count: number;
  /** Waivers that would have been about violations, had they not expired. */
  readonly expired_waivers: readonly Waiver[];
  readonly notes: readonly string[];
}

/** What a policy said of a snapshot. */
export interface SnapshotCheck {
  readonly snapshot: number;
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly created_at: number;
  readonly results: readonly RuleResult[];
  readonly notes: readonly string[];
}

/** What a policy said of the snapshots of an inventory. */
export interface CheckReport {
  /** The policy's file. */
  readonly policy: string;
  /** Milliseconds since the epoch at which waivers were looked at. */
  readonly checked_at: number;
  /** No rule of severity error failed. */
  readonly passed: boolean;
  readonly counts: Readonly<Record<Status | "warned", number>>;
  readonly snapshots: readonly SnapshotCheck[];
  /** Waivers that no violation needs. */
  readonly unused_waivers: readonly UnusedWaiver[];
}

/** Why a waiver was not needed. */
export type UnusedBecause = "no violation" | "no match" | "another waiver" | "skipped";

/** A waiver that no violation needs. */
export interface UnusedWaiver extends Waiver {
  readonly because: UnusedBecause;
}

export interface CheckSettings {
  readonly policy: Policy;
  /** Totals of earlier snapshots: one, or as many as are checked, in their order. */
  readonly baseline: Baseline | undefined;
  /** Without a baseline, rules of growth are skipped, not refused: this run makes one. */
  readonly makesBaseline: boolean;
  /** Compare with a baseline of another profile, settings or filters, too. */
  readonly allowMixed: boolean;
  /** Check estimates, too. */
  readonly allowEstimates: boolean;
  readonly info: Info | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Violations of each rule that are told. */
  readonly largest: number;
  /** Only this snapshot of an inventory of several. */
  readonly snapshot: number | undefined;
  readonly askSql: AskSql;
}

/** What the rules of a policy need of a snapshot that is to be analyzed. */
export function rowsNeeded({ rules }: Policy): "all" | "none" {
  const want = ({ kind, fields }: PolicyRule) =>
    kind.prefersRows === true || kind.needs(fields).includes("rows");
  return rules.some(want) ? "all" : "none";
}

/** The ids of rules that compare with a baseline. */
export function needingBaseline({ rules }: Policy): string[] {
  return rules.filter(({ kind, fields }) => kind.needs(fields).includes("baseline")).map(({ id }) => id);
}

/** @throws {UsageError} when rules need a baseline and there is none */
export function requireBaseline(policy: Policy, isThere: boolean): void {
  const ids = needingBaseline(policy);
  if (ids.length === 0 || isThere) return;
  throw new UsageError(
    `${list(ids)} a baseline: --baseline OLD (a snapshot, an inventory, or what --update-baseline wrote)`,
  );
}

/**
 * Looks whether snapshots are as a policy says.
 * @throws {UsageError} when the inventory does not hold what a rule needs
 */
export async function checkInventory(inventory: Inventory, settings: CheckSettings): Promise<CheckReport> {
  const { policy, now } = settings;
  const chosen = snapshots(inventory, settings.snapshot);
  const count = snapshots(inventory).length;
  const waivers = new Waivers(policy.waivers, now);
  const scopes = chosen.map((snapshot): Scope => ({ inventory, snapshot, filters: {} }));
  for (const scope of scopes) refuse(scope, settings);
  const checked: SnapshotCheck[] = [];
  for (const scope of scopes) {
    const { snapshot } = scope;
    const baseline = baselineFor(settings, snapshot, totalsOf(scope), chosen.length);
    const common = { snapshots: count, info: settings.info, now, askSql: settings.askSql };
    const context: Context = { ...common, scope, baseline: baseline?.totals };
    const results: RuleResult[] = [];
    for (const rule of policy.rules)
      results.push(await resultOf(rule, context, waivers, policy.path, settings.largest));
    const mixed =
      baseline?.difference === undefined ? [] : [`${baseline.difference}: growth is of different measures`];
    const { path, created_at } = snapshot;
    checked.push({
      snapshot: snapshot.snapshot,
      path,
      created_at,
      results,
      notes: [...firstNotes(scope, baseline?.totals), ...notesOf(scope), ...mixed],
    });
  }
  const counts = countsOf(checked.flatMap(({ results }) => results));
  return {
    policy: policy.path,
    checked_at: now,
    passed: counts.failed === 0,
    counts,
    snapshots: checked,
    unused_waivers: waivers
      .uses()
      .filter(({ violations }) => violations === 0)
      .map((use) => ({ ...use.waiver, because: becauseOf(use, checked) })),
  };
}

function becauseOf({ waiver, fits }: WaiverUse, checked: readonly SnapshotCheck[]): UnusedBecause {
  if (fits > 0) return "another waiver";
  const results = checked.flatMap((one) => one.results).filter(({ id }) => id === waiver.rule);
  if (results.every(({ status }) => status === "skipped")) return "skipped";
  return results.some((one) => one.violation_count + one.waived_count > 0) ? "no match" : "no violation";
}

/** What the reader has to know first of all. */
function firstNotes({ inventory, snapshot }: Scope, baseline: Totals | undefined): string[] {
  const [{ keys }] = sumsOf({ inventory, snapshot, filters: {} }, {}) as [GroupSums];
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace("T", " ");
  return [
    ...(keys === 0 ? ["the snapshot has no keys: rules hold where there is nothing to look at"] : []),
    ...(baseline !== undefined && baseline.created_at > snapshot.created_at
      ? [
          `the baseline is of ${day(baseline.created_at)}, newer than the snapshot of ${day(snapshot.created_at)} (UTC): growth is measured backwards`,
        ]
      : []),
  ];
}

function countsOf(results: readonly RuleResult[]): CheckReport["counts"] {
  const counts = { passed: 0, failed: 0, waived: 0, skipped: 0, warned: 0 };
  for (const { status, severity } of results)
    counts[status === "failed" && severity === "warning" ? "warned" : status]++;
  return counts;
}

/** @throws {UsageError} when the inventory does not hold what rules need */
function refuse({ inventory, snapshot, filters }: Scope, settings: CheckSettings): void {
  const { rules } = settings.policy;
  const needing = (need: Need) =>
    rules.filter(({ kind, fields }) => kind.needs(fields).includes(need)).map(({ id }) => id);
  const [rows, names] = [needing("rows"), needing("names")];
  const { path } = inventory;
  if (sampleOf(snapshot) !== undefined && !settings.allowEstimates)
    throw new UsageError(
      `${path} is a sample: a policy is about all keys. Analyze all of ${snapshot.path}, or let estimates decide with --allow-estimates`,
    );
  if (rows.length > 0 && !hasKeyRows({ inventory, snapshot, filters }))
    throw new UsageError(
      `${list(rows)} a row a key, and ${path} holds none; make one that does: rdbscope analyze ${snapshot.path} --keys all`,
    );
  if (names.length > 0 && snapshot.hashed_names !== null)
    throw new UsageError(
      `${list(names)} names, and those in ${path} are hashed: choose by \`pattern\` in place of \`key\`, or analyze ${snapshot.path} without --hash-keys`,
    );
  requireBaseline(settings.policy, settings.baseline !== undefined || settings.makesBaseline);
}

/** "a and b need" */
function list(ids: readonly string[]): string {
  return ids.length === 1 ? `${ids[0]} needs` : `${ids.slice(0, -1).join(", ")} and ${ids.at(-1)} need`;
}

interface BaselineUse {
  readonly totals: Totals;
  /** Why it is no fair comparison; undefined: it is one. */
  readonly difference: string | undefined;
}

/** What a snapshot is compared with. @throws {UsageError} when that cannot be told, or is of another measure */
function baselineFor(
  { baseline, policy, allowMixed, snapshot: only }: CheckSettings,
  snapshot: SnapshotRow,
  now: Totals,
  checked: number,
): BaselineUse | undefined {
  if (baseline === undefined || needingBaseline(policy).length === 0) return undefined;
  const all = baseline.snapshots;
  const isPair = all.length === 1 && checked === 1;
  const totals = isPair ? all[0] : all.find((one) => one.snapshot === snapshot.snapshot);
  if (totals === undefined || (!isPair && only === undefined && all.length !== checked))
    throw new UsageError(
      `the baseline holds ${counted(all.length, "snapshot")}, and ${thousands(checked)} ${checked === 1 ? "is" : "are"} checked: each is compared with the one of its number`,
    );
  const difference = differentMeasure(totals, now);
  if (difference !== undefined && !allowMixed)
    throw new UsageError(
      `${difference}: growth cannot be told from that. Analyze both in the same way (--profile, --set; without --sample; with names hashed with the same --hash-keys-secret-file, or not), or compare them all the same with --allow-mixed`,
    );
  return { totals, difference };
}

/** Lets one rule look at a snapshot. */
async function resultOf(
  rule: PolicyRule,
  context: Context,
  waivers: Waivers,
  policy: string,
  largest: number,
): Promise<RuleResult> {
  const { id, kind, description, severity, line, column, fields } = rule;
  const chosen = choiceText(fields);
  const estimated = sampleOf(context.scope.snapshot) !== undefined;
  const common = { id, rule: kind.id, description, severity, line, column, estimated };
  const nothing = { violations: [], violation_count: 0, waived_count: 0, expired_waivers: [] };
  if (context.baseline === undefined && kind.needs(fields).includes("baseline")) {
    return { ...common, ...nothing, status: "skipped", measured: "", notes: ["there is no baseline yet"] };
  }
  const kept: Found[] = [];
  const expired = new Set<Waiver>();
  const counts = { violations: 0, waived: 0 };
  const take = (one: Found) => {
    const use = waivers.find(id, one, [...choiceNames(fields), chosen]);
    if (use !== undefined && !use.isExpired) {
      counts.waived++;
      return;
    }
    if (use !== undefined) expired.add(use.waiver);
    counts.violations++;
    keep(kept, one, largest);
  };
  try {
    const { measured, notes = [] } = await kind.check(context, fields, take);
    return {
      ...common,
      status: counts.violations > 0 ? "failed" : counts.waived > 0 ? "waived" : "passed",
      measured,
      violations: kept.map((one) => whole(one, rule)),
      violation_count: counts.violations,
      waived_count: counts.waived,
      expired_waivers: [...expired],
      notes,
    };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${policy}:${line}:${column}: ${error.message}`);
  }
}

/** Puts a violation where it belongs among the `largest` that are kept. */
function keep(kept: Found[], one: Found, largest: number): void {
  if (kept.length === largest && one.rank <= kept[largest - 1]!.rank) return;
  let at = kept.length;
  while (at > 0 && kept[at - 1]!.rank < one.rank) at--;
  kept.splice(at, 0, one);
  if (kept.length > largest) kept.pop();
}

/** A violation with its examples, and numbers that are whole where they count something. */
function whole(
  { examples, value, unit, rank: _, ...others }: Found,
  { fields, written }: PolicyRule,
): Violation {
  const isCount =
    (unit === "bytes" || unit === "count") && value !== null && Math.round(value) !== others.limit;
  const text = others.limit === null ? undefined : written[others.field];
  return {
    ...others,
    chosen: choiceText(fields),
    limit_text: text === undefined ? null : String(text),
    unit,
    value: isCount ? Math.round(value) : value,
    examples: examples(),
  };
}
