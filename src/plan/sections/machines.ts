import { column } from "../../queries/answer.ts";
import { currencyOf, whole } from "./scenarios.ts";
import { byScenario, type PlanSection } from "./section.ts";

/** How each machine of the catalogue would do. */
export const machinesSection: PlanSection = {
  name: "machines",
  items: ["machine"],
  make: (context) =>
    byScenario(
      context,
      { name: "machines", title: "Machines of the catalogue" },
      [
        column("chosen", "", "mark"),
        column("machine", "Machine", "text"),
        column("memory", "Memory", "bytes"),
        column("vcpu", "vCPU", "number", { spare: true }),
        column("shards", "Shards", "count"),
        column("nodes", "Nodes", "count"),
        column("needs", "Needed", "bytes", { spare: true }),
        column("maxmemory", "maxmemory", "bytes", { spare: true }),
        column("month", `A month on demand${currencyOf(context.plan.catalogue)}`, "count"),
        column("why_not", "Why not", "text", { wraps: true }),
      ],
      ({ options }) =>
        options.map(({ machine, chosen, shards, nodes, needs, maxmemory, month, why_not }) => ({
          chosen: Number(chosen),
          machine: machine.name,
          memory: machine.memory,
          vcpu: machine.vcpu,
          shards,
          nodes,
          needs: needs === null ? null : whole(needs),
          maxmemory,
          month,
          why_not: why_not ?? "",
        })),
    ),
};
