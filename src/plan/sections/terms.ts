import { column } from "../../queries/answer.ts";
import { type PlannedScenario, primariesOf } from "../plan.ts";
import type { Provision } from "../provision.ts";
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

function rows(one: PlannedScenario) {
  const { shard, shards, scenario } = one;
  const { provisioned, counted, machine_bytes: needs } = shard;
  const primaries = primariesOf(one);
  const all = (of: (provision: Provision) => number) =>
    primaries.reduce((sum, { provision, count }) => sum + count * of(provision), 0);
  const row = (term: string, bytes: number, allBytes: number, basis: string, formula: string) => ({
    term,
    bytes: whole(bytes),
    all_bytes: whole(allBytes),
    share: provisioned > 0 ? bytes / provisioned : 0,
    basis,
    formula,
  });
  const alike = shards > 1 ? "; all machines are as large as the fullest shard needs" : "";
  return [
    ...shard.terms.map(({ term, bytes, basis, formula }, i) =>
      row(
        term,
        bytes,
        all(({ terms }) => terms[i]!.bytes),
        basis,
        formula,
      ),
    ),
    row(
      "provisioned",
      provisioned,
      all((one) => one.provisioned),
      "sum",
      "(data × fragmentation + replication + operation) × (1 + safety)",
    ),
    row(
      "in maxmemory",
      counted,
      all((one) => one.counted),
      "sum",
      "data, the empty server, backlog, clients and scripts",
    ),
    row(
      "machine",
      needs,
      needs * shards,
      "sum",
      `the larger of provisioned, and in maxmemory / ${scenario.maxmemory_share}${alike}`,
    ),
  ];
}
