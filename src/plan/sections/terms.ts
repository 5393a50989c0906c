import { column } from "../../queries/answer.ts";
import type { PlannedScenario } from "../plan.ts";
import { whole } from "./scenarios.ts";
import { byScenario, type PlanSection } from "./section.ts";

/** Every term of what a shard needs, with its formula and value. */
export const termsSection: PlanSection = {
  name: "terms",
  items: ["term"],
  make: (context) =>
    byScenario(
      context,
      { name: "terms", title: "What a shard needs at the end of the months" },
      [
        column("term", "Term", "text"),
        column("bytes", "A shard", "bytes"),
        column("all_bytes", "All primaries", "bytes", { spare: true }),
        column("share", "Share", "share"),
        column("basis", "Basis", "text", { spare: true }),
        column("formula", "Formula", "text", { wraps: true }),
      ],
      rows,
    ),
};

function rows({ shard, shards, scenario }: PlannedScenario) {
  const { provisioned, counted, machine_bytes: needs } = shard;
  const row = (term: string, bytes: number, basis: string, formula: string) => ({
    term,
    bytes: whole(bytes),
    all_bytes: whole(bytes * shards),
    share: provisioned > 0 ? bytes / provisioned : 0,
    basis,
    formula,
  });
  return [
    ...shard.terms.map(({ term, bytes, basis, formula }) => row(term, bytes, basis, formula)),
    row("provisioned", provisioned, "sum", "(data × fragmentation + replication + operation) × (1 + safety)"),
    row("in maxmemory", counted, "sum", "data, the empty server, backlog, clients and scripts"),
    row("machine", needs, "sum", `the larger of provisioned, and in maxmemory / ${scenario.maxmemory_share}`),
  ];
}
