import { column } from "../../queries/answer.ts";
import { byScenario, type PlanSection } from "./section.ts";

/** What the chosen machines cost, by region and purchase. */
export const costsSection: PlanSection = {
  name: "costs",
  items: ["region", "purchase"],
  make: (context) => {
    const { catalogue } = context.plan;
    if (catalogue === undefined) return undefined;
    const { currency, as_of: day, example } = catalogue;
    const what = example ? "made-up prices of an example" : `list prices of ${day}`;
    return byScenario(
      context,
      { name: "costs", title: `Estimated money in ${currency}, at ${what}` },
      [
        column("region", "Region", "text"),
        column("purchase", "Purchase", "text"),
        column("on_demand", "On demand", "count"),
        column("one_year", "1 year", "count"),
        column("three_years", "3 years", "count"),
        column("unused", "Unused", "count", { spare: true }),
        column("month", "A month", "count"),
        column("year", "A year", "count"),
      ],
      ({ costs }) => costs.map((cost) => ({ ...cost })),
    );
  },
};
