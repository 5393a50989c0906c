import { UsageError } from "../errors.ts";
import type { Inventory } from "../inventory/open.ts";
import type { PlanData } from "./data.ts";
import type { ReadOptions } from "./from-snapshot.ts";
import type { Plan } from "./plan.ts";
import type { Scenario } from "./scenario.ts";

export type { PlanData } from "./data.ts";
export type { Plan, PlannedScenario } from "./plan.ts";

/** What is planned of: a snapshot, an inventory for the server of all scenarios, or counts and averages. */
export type PlanSource =
  | { readonly snapshot: ReadOptions }
  | { readonly inventory: Inventory /** Of several. */; readonly id?: number | undefined }
  | { readonly model: string };

export interface PlanOptions {
  readonly source: PlanSource;
  /** Text of a scenario file: YAML or JSON (docs/sizing.md). */
  readonly scenarios: string;
  /** Text of a catalogue; the field `catalogue` of the scenarios is not followed, as `info` is not. */
  readonly catalogue?: string | undefined;
  /** A saved text of INFO, whose ratio counts for all scenarios that do not give one. */
  readonly info?: string | undefined;
}

/**
 * What the data needs on other servers, later, and for how much (docs/sizing.md).
 * @throws {UsageError} for what is wrong in the texts, with line and column, or named but not there. @throws {RdbError} when the snapshot
 * is damaged. @throws {IoError} when it cannot be read
 */
export async function plan({ source, scenarios: text, catalogue, info }: PlanOptions): Promise<Plan> {
  const [{ parseScenarios }, { parseCatalogue }, { planOf }, { parseInfo }] = await Promise.all([
    import("./scenario.ts"),
    import("./catalogue.ts"),
    import("./plan.ts"),
    import("../doctor/info.ts"),
  ]);
  const { scenarios } = parseScenarios(text, "scenario.yaml");
  const known = info === undefined ? undefined : parseInfo(info, "INFO");
  const data = await dataOf(source, scenarios);
  const inputs = scenarios.map((scenario, i) => ({ scenario, data: data[i]!, info: known }));
  return planOf(inputs, catalogue === undefined ? undefined : parseCatalogue(catalogue, "catalogue.yaml"));
}

async function dataOf(source: PlanSource, scenarios: readonly Scenario[]): Promise<readonly PlanData[]> {
  if ("snapshot" in source) {
    const { dataOfSnapshot } = await import("./from-snapshot.ts");
    return (await dataOfSnapshot(scenarios, source.snapshot)).data;
  }
  if ("model" in source) {
    const { dataOfModel, parseModel } = await import("./model.ts");
    const structures = parseModel(source.model, "model.yaml");
    return scenarios.map((scenario) => dataOfModel(structures, "model.yaml", scenario));
  }
  const [{ dataOfInventory }, { snapshots }] = await Promise.all([
    import("./from-inventory.ts"),
    import("../queries/snapshots.ts"),
  ]);
  const { inventory, id } = source;
  const [snapshot, ...others] = snapshots(inventory, id);
  if (others.length > 0)
    throw new UsageError(`${inventory.path} holds several snapshots: choose one by its id`);
  const scope = { inventory, snapshot: snapshot!, filters: {} };
  return scenarios.map((scenario) => dataOfInventory(scope, scenario));
}
