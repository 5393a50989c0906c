import type { Catalogue, Price } from "./catalogue.ts";
import type { Reserved, ScenarioFields } from "./fields.ts";
import type { Scenario } from "./scenario.ts";

/** What so many machines cost if they are bought in one way. Money in the catalogue's currency. */
export interface Cost {
  readonly region: string;
  readonly purchase: string;
  /** Machines by how they are bought; reserved ones are paid for, needed or not. */
  readonly on_demand: number;
  readonly one_year: number;
  readonly three_years: number;
  /** Reserved beyond what is needed. */
  readonly unused: number;
  readonly month: number;
  readonly year: number;
}

type Purchase = NonNullable<ScenarioFields["purchases"]>[number];

const USUAL: readonly Purchase[] = [
  { name: "on demand" },
  { name: "1 year reserved", one_year: { share: 1 } },
  { name: "3 years reserved", three_years: { share: 1 } },
];

/** What machines cost by purchase and region: those of the scenario, else all on demand, and all reserved where there is a price. */
export function costsOf(nodes: number, price: Price, { regions }: Catalogue, scenario: Scenario): Cost[] {
  const wanted = scenario.regions ?? Object.keys(regions);
  const wrong = wanted.find((name) => !Object.hasOwn(regions, name));
  if (wrong !== undefined)
    scenario.fail(
      "regions",
      `no region ${wrong} in the catalogue: known are ${Object.keys(regions).join(", ")}`,
    );
  const purchases = scenario.purchases ?? USUAL.filter((one) => isPriced(one, price));
  const unpriced = purchases.find((one) => !isPriced(one, price));
  if (unpriced !== undefined)
    scenario.fail("purchases", `${unpriced.name}: the machine has no such price in the catalogue`);
  return wanted.flatMap((region) =>
    purchases.map((purchase) => ({
      region,
      purchase: purchase.name,
      ...paid(nodes, price, regions[region]!, purchase),
    })),
  );
}

function isPriced({ one_year: one, three_years: three }: Purchase, price: Price): boolean {
  return (
    (one === undefined || price.one_year !== undefined) &&
    (three === undefined || price.three_years !== undefined)
  );
}

function paid(nodes: number, price: Price, factor: number, purchase: Purchase) {
  const { one_year: one, three_years: three } = purchase;
  const oneYear = machinesOf(one, nodes);
  // Shares that are parts of the same whole are not rounded to more than it.
  const isPart = (one?.share ?? 1) + (three?.share ?? 1) <= 1;
  const most = isPart ? nodes - oneYear : Number.POSITIVE_INFINITY;
  const threeYears = Math.min(machinesOf(three, nodes), most);
  const onDemand = Math.max(0, nodes - oneYear - threeYears);
  const month =
    factor *
    (onDemand * price.on_demand + oneYear * (price.one_year ?? 0) + threeYears * (price.three_years ?? 0));
  return {
    on_demand: onDemand,
    one_year: oneYear,
    three_years: threeYears,
    unused: Math.max(0, oneYear + threeYears - nodes),
    month: cents(month),
    year: cents(month * 12),
  };
}

function machinesOf(reserved: Reserved | undefined, nodes: number): number {
  if (reserved === undefined) return 0;
  return reserved.machines ?? Math.round(reserved.share! * nodes);
}

function cents(money: number): number {
  return Math.round(money * 100) / 100;
}
