import { column } from "../../queries/answer.ts";
import type { PlannedScenario } from "../plan.ts";
import { byScenario, type PlanSection } from "./section.ts";

/** What each scenario comes to, side by side. */
export const scenariosSection: PlanSection = {
  name: "scenarios",
  items: [],
  make: (context) => {
    const { scenarios } = context.plan;
    const anyCannot = scenarios.some(({ data }) => data.cannot_load !== null);
    return byScenario(
      context,
      { name: "scenarios", title: titleOf(scenarios[0]!) },
      [
        column("server", "Server", "text"),
        column("settings", "Settings", "text", { spare: true }),
        column("keys", "Keys", "count", { machineOnly: true }),
        column("data_bytes", "Data now", "bytes", { spare: true }),
        column("months", "Months", "count", { spare: true }),
        column("later_bytes", "Then", "bytes"),
        column("fragmentation", "Fragm.", "ratio", { spare: true }),
        column("shards", "Shards", "count"),
        column("nodes", "Nodes", "count", { spare: true }),
        column("shard_bytes", "A shard", "bytes"),
        column("machine_bytes", "Machine", "bytes", { machineOnly: true }),
        column("dominates", "Most is", "text", { spare: true }),
        column("machine", "Machine", "text"),
        column("maxmemory", "maxmemory", "bytes", { spare: true }),
        column("month", `A month${currencyOf(context.plan.catalogue)}`, "count"),
        column("year", "A year", "count", { spare: true }),
        column("impossible", "Why not", "text", { machineOnly: true }),
        column("cannot_load", "Cannot load", "text", { wraps: true, machineOnly: !anyCannot }),
      ],
      (one) => [row(one)],
    );
  },
};

function titleOf({ data }: PlannedScenario): string {
  return `${data.path}: what it needs`;
}

/** ", USD" */
export function currencyOf(catalogue: { readonly currency: string } | undefined): string {
  return catalogue === undefined ? "" : `, ${catalogue.currency}`;
}

function row(one: PlannedScenario) {
  const { scenario, data, now, later, shard, machine, options } = one;
  const month = machine?.month ?? null;
  return {
    server: `${data.target.profile}${data.profile_measured ? "" : "*"}, ${data.target.allocator}`,
    settings: data.settings.join(" ") || null,
    keys: data.keys,
    data_bytes: whole(now.bytes),
    months: scenario.months,
    later_bytes: whole(later.bytes),
    fragmentation: shard.fragmentation.ratio,
    shards: one.impossible === null ? one.shards : (scenario.shards ?? null),
    nodes: one.impossible === null ? one.nodes : null,
    shard_bytes: whole(shard.provisioned),
    machine_bytes: whole(shard.machine_bytes),
    dominates: one.dominates,
    machine: machine?.machine.name ?? (options.length > 0 ? "none fits" : null),
    maxmemory: one.impossible === null ? one.maxmemory : null,
    month,
    year: month === null ? null : Math.round(month * 1200) / 100,
    impossible: one.impossible,
    cannot_load: data.cannot_load,
  };
}

/** Estimates of bytes are told as whole ones. */
export function whole(bytes: number): number {
  return Math.round(bytes);
}
