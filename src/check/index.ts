import type { Inventory } from "../inventory/open.ts";
import type { CheckReport } from "./check.ts";
import type { Baseline } from "./totals.ts";

export type { CheckReport, RuleResult, SnapshotCheck } from "./check.ts";
export type { Violation } from "./rule.ts";
export type { Baseline } from "./totals.ts";

export interface CheckOptions {
  /** The policy's text: YAML or JSON. */
  readonly policy: string;
  /** What messages and reports call it (default: policy.yaml). */
  readonly policyPath?: string | undefined;
  /** What growth is measured by: an earlier inventory, or what `baselineOf` made of one. */
  readonly baseline?: Inventory | Baseline | undefined;
  /** Compare with a baseline of another profile, settings or filters, too. */
  readonly allowMixed?: boolean | undefined;
  /** Check the estimates of a sample. */
  readonly allowEstimates?: boolean | undefined;
  /** A saved text of INFO, for rules of the doctor. */
  readonly info?: string | undefined;
  /** Milliseconds since the epoch that waivers are looked at (default: now). */
  readonly now?: number | undefined;
  /** Violations of each rule that are told (default 20). */
  readonly largest?: number | undefined;
  /** Only this snapshot of an inventory of several. */
  readonly snapshot?: number | undefined;
}

/**
 * Looks whether an inventory is as a policy says (docs/policy.md). SQL of the policy runs in this thread, read-only, without a
 * limit of time.
 * @throws {UsageError} when the policy is wrong (with line and column), or the inventory does not hold what a rule needs
 */
export async function check(inventory: Inventory, options: CheckOptions): Promise<CheckReport> {
  const [{ parsePolicy }, { checkInventory }, { askInventory }, { parseInfo }] = await Promise.all([
    import("./parse-policy.ts"),
    import("./check.ts"),
    import("./in-process.ts"),
    import("../doctor/info.ts"),
  ]);
  const { baseline, info } = options;
  return checkInventory(inventory, {
    policy: parsePolicy(options.policy, options.policyPath ?? "policy.yaml"),
    baseline: baseline !== undefined && "all" in baseline ? await baselineOf(baseline) : baseline,
    makesBaseline: false,
    allowMixed: options.allowMixed ?? false,
    allowEstimates: options.allowEstimates ?? false,
    info: info === undefined ? undefined : parseInfo(info, "INFO"),
    now: options.now ?? Date.now(),
    largest: options.largest ?? 20,
    snapshot: options.snapshot,
    askSql: askInventory(inventory),
  });
}

/** What `check` needs of an inventory to measure growth by later: small, and JSON. */
export async function baselineOf(inventory: Inventory): Promise<Baseline> {
  const { makeBaseline } = await import("./totals.ts");
  return makeBaseline(inventory);
}

/** JSON Schema (draft 7) of policies. */
export async function policyJsonSchema(): Promise<Record<string, unknown>> {
  return (await import("./policy.ts")).policyJsonSchema();
}
