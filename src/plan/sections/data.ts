import { column } from "../../queries/answer.ts";
import { counted } from "../../queries/words.ts";
import type { PlannedScenario } from "../plan.ts";
import { whole } from "./scenarios.ts";
import { byScenario, type PlanSection } from "./section.ts";

/** What the memory model says of the data, all on one server. */
export const dataSection: PlanSection = {
  name: "data",
  items: ["part"],
  make: (context) =>
    byScenario(
      context,
      { name: "data", title: "The data on one server, by the memory model" },
      [
        column("part", "Part", "text"),
        column("bytes", "Now", "bytes"),
        column("later_bytes", "At the end", "bytes"),
        column("formula", "Formula", "text", { wraps: true }),
      ],
      rows,
    ),
};

function rows({ now, later, data, growth, scenario }: PlannedScenario) {
  const times = (factor: number) =>
    factor === 1 ? "" : `; × ${Number(factor.toFixed(4))} in ${scenario.months} months`;
  const row = (part: string, bytes: number, then: number, formula: string) => ({
    part,
    bytes: whole(bytes),
    later_bytes: whole(then),
    formula,
  });
  const { profile } = data.target;
  return [
    row(
      "keys",
      now.key_bytes,
      later.key_bytes,
      `heap of ${counted(now.keys, "key")} on ${profile}${times(growth.bytes)}`,
    ),
    row(
      "tables",
      now.table_bytes,
      later.table_bytes,
      `of the databases${growth.keys === 1 ? "" : ", made anew for the keys that there are then"}`,
    ),
    row("functions", now.function_bytes, later.function_bytes, "libraries in the snapshot"),
    row("data", now.bytes, later.bytes, "the sum: used_memory without that of the empty server"),
    row("empty server", data.baseline_bytes, data.baseline_bytes, `used_memory of ${profile} with no data`),
  ];
}
