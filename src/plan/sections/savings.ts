import { column } from "../../queries/answer.ts";
import type { RankedSaving } from "../savings/rank.ts";
import { currencyOf, whole } from "./scenarios.ts";
import { byScenario, type PlanSection } from "./section.ts";

/** What could be done to need less, what saves most money first. */
export const savingsSection: PlanSection = {
  name: "savings",
  items: ["rank"],
  make: (context) => {
    const { savings, plan, largest } = context;
    if (savings === undefined) return undefined;
    return byScenario(
      context,
      { name: "savings", title: "What could be saved, each alone: estimates by the memory model" },
      [
        column("rank", "#", "number"),
        column("kind", "Saving", "text"),
        column("what", "What", "text"),
        column("keys", "Keys", "count"),
        column("saved_bytes", "Less now", "bytes"),
        column("later_bytes", "Then", "bytes"),
        column("provisioned_bytes", "Needed less", "bytes", { machineOnly: true }),
        column("month", `A month${currencyOf(plan.catalogue)}`, "count"),
        column("pro_rata", "By the byte", "count"),
        column("adds_up", "Adds up", "text"),
        column("basis", "Basis", "text", { wraps: true }),
        column("cost", "Cost", "text", { wraps: true }),
      ],
      (one) => {
        const { ranked } = savings.get(one)!;
        return { rows: ranked.slice(0, largest).map(rowOf), all: ranked.length };
      },
    );
  },
};

function rowOf(row: RankedSaving) {
  return {
    rank: row.rank,
    kind: row.kind,
    what: row.what,
    keys: whole(row.keys),
    saved_bytes: whole(row.saved_bytes),
    later_bytes: whole(row.later_bytes),
    provisioned_bytes: whole(row.provisioned_bytes),
    month: row.month,
    pro_rata: row.pro_rata,
    adds_up: row.adds_up ? "yes" : row.instead_of === null ? "other server" : `not with ${row.instead_of}`,
    basis: row.basis,
    cost: row.cost,
  };
}
