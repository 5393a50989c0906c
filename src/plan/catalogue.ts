import * as z from "zod";
import { flag, number, size, words } from "../yaml/fields.ts";
import { readYaml } from "../yaml/read-yaml.ts";

const PRICE = (meaning: string) => number(meaning, 0, 1e9);

const CATALOGUE = z.strictObject({
  version: z.literal(1, "1").describe("The form of the file."),
  as_of: z
    .string("a date such as 2026-11-01")
    .regex(/^\d{4}-\d\d-\d\d$/, "a date such as 2026-11-01")
    .refine(isDay, "a day that there is")
    .describe("The day that the prices are of."),
  source: words("Where the prices are from."),
  currency: words("What they are in, such as USD."),
  example: flag("Whether the figures are made up.").optional(),
  regions: z
    .record(z.string(), number("What prices are multiplied with.", 0.01, 100), "regions with a factor each")
    .refine(
      (regions) => Object.keys(regions).length > 0,
      "it has none: give regions with a factor each, or leave it out",
    )
    .optional()
    .describe("Factors of prices, by region (default: one region, as priced)."),
  machines: z
    .array(
      z.strictObject({
        name: words("What it is called."),
        memory: size(
          "Memory of the machine.",
          1024 ** 2,
          "a machine's memory: 1M at least, with a unit such as 16G (a number alone is bytes)",
        ),
        vcpu: number("Virtual CPUs.", 0.1, 10_000),
        price: z
          .strictObject({
            on_demand: PRICE("A month, to be ended at any time."),
            one_year: PRICE("A month, reserved for one year.").optional(),
            three_years: PRICE("A month, reserved for three years.").optional(),
          })
          .optional()
          .describe("Prices of a month."),
      }),
      "a list of machines",
    )
    .min(1, "a list of machines"),
});

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** Prices of a machine a month, in the catalogue's currency. */
export interface Price {
  readonly on_demand: number;
  readonly one_year?: number | undefined;
  readonly three_years?: number | undefined;
}

/** A machine that may be used. */
export interface Machine {
  readonly name: string;
  /** Bytes. */
  readonly memory: number;
  readonly vcpu: number;
  readonly price?: Price | undefined;
}

/** Machines and prices: the user's data, as of a day. */
export interface Catalogue {
  /** The file, as messages call it. */
  readonly path: string;
  readonly as_of: string;
  readonly source: string;
  readonly currency: string;
  readonly example: boolean;
  /** Factors of prices; one without a name where the catalogue has none. */
  readonly regions: Readonly<Record<string, number>>;
  /** Smallest memory first; of equal memory the cheapest on demand, those without a price last. */
  readonly machines: readonly Machine[];
}

/** What a price is of where a catalogue knows no regions. */
const NO_REGION = "as priced";

/**
 * A catalogue of its text as YAML (or JSON).
 * @throws {UsageError} with line, column, field and what is allowed, when it is none
 */
export function parseCatalogue(text: string, path: string): Catalogue {
  const top = "a catalogue is a map with the fields version, as_of, source, currency and machines";
  const { value, fail } = readYaml(CATALOGUE, text, path, top);
  const { machines, regions = { [NO_REGION]: 1 }, example = false, as_of, source, currency } = value;
  for (const [i, { name }] of machines.entries()) {
    const first = machines.findIndex((one) => one.name === name);
    if (first < i)
      fail(["machines", i, "name"], `machines[${i}].name: ${name} is the name of another one, too`);
  }
  const monthly = ({ price }: Machine) => price?.on_demand ?? Number.MAX_VALUE;
  const sorted = [...machines].sort((a, b) => a.memory - b.memory || monthly(a) - monthly(b));
  return { path, as_of, source, currency, example, regions, machines: sorted };
}

/** JSON Schema (draft 7) of catalogues, for editors. */
export function catalogueJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(CATALOGUE, { target: "draft-7", io: "input" });
  return { $schema, title: "Machine catalogue of rdbscope plan", ...schema };
}
