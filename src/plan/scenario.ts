import * as z from "zod";
import { UsageError } from "../errors.ts";
import { words } from "../yaml/fields.ts";
import { type Path, readYaml } from "../yaml/read-yaml.ts";
import { DEFAULTS, SCENARIO_FIELDS, type ScenarioFields } from "./fields.ts";

/** The form of scenario files that this version reads. */
const SCENARIO_VERSION = 1;

const FIELDS = z.strictObject(SCENARIO_FIELDS).partial();
const NAME = words("What it is called in the answer.");

const SCENARIO_FILE = z.strictObject({
  version: z.literal(SCENARIO_VERSION, `${SCENARIO_VERSION}`).describe("The form of the file."),
  catalogue: words("File with machines and their prices, relative to this one.").optional(),
  common: FIELDS.optional().describe("What holds for every scenario that does not say otherwise."),
  scenarios: z
    .array(FIELDS.extend({ name: NAME }), "a list of scenarios")
    .min(1, "a list of scenarios")
    .max(32, "a list of 32 scenarios at most")
    .describe("Each is planned, side by side."),
});

/** What is planned for: what was said, and defaults for the rest. */
export interface Scenario extends Omit<ScenarioFields, keyof typeof DEFAULTS> {
  readonly name: string;
  readonly months: number;
  /** A month, as a share of what there was. */
  readonly growth: number;
  readonly workload: NonNullable<ScenarioFields["workload"]>;
  readonly hours_between_restarts: number;
  readonly replicas: number;
  readonly sync: NonNullable<ScenarioFields["sync"]>;
  readonly bgsave: boolean;
  readonly copy_on_write: number;
  readonly save_bytes_per_second: number;
  readonly replica_buffer: number;
  readonly clients: number;
  readonly pipeline: number;
  readonly scripts: number;
  readonly core: number;
  readonly safety: number;
  readonly maxmemory_share: number;
  /** Says that a field is wrong, and where it stands. */
  readonly fail: (field: keyof ScenarioFields, message: string) => never;
}

/** Scenarios, and the catalogue that their file names. */
export interface Scenarios {
  readonly scenarios: readonly Scenario[];
  readonly catalogue: string | undefined;
}

/**
 * Scenarios of a text as YAML (or JSON). `path` is what messages call it.
 * @throws {UsageError} with line, column, field and what is allowed, when it is none
 */
export function parseScenarios(text: string, path: string): Scenarios {
  const top = "a scenario file is a map with the fields version and scenarios";
  const { value, fail } = readYaml(SCENARIO_FILE, text, path, top);
  const scenarios = value.scenarios.map((own, i): Scenario => {
    const first = value.scenarios.findIndex(({ name }) => name === own.name);
    if (first < i)
      fail(["scenarios", i, "name"], `scenarios[${i}].name: ${own.name} is the name of another one, too`);
    const place = (field: string): Path =>
      field in own || value.common === undefined ? ["scenarios", i, field] : ["common", field];
    return {
      ...scenarioOf(own.name, { ...value.common, ...own }),
      fail: (field, message) => fail(place(field), `${field} of ${own.name}: ${message}`),
    };
  });
  return { scenarios, catalogue: value.catalogue };
}

/** Fields whose flags have other names. */
const FLAGS: Readonly<Partial<Record<keyof ScenarioFields, string>>> = {
  profile: "--profiles",
  settings: "--set",
  growth_by_pattern: "--growth-of",
};

/** A scenario of what was said of it; `fail` tells flags. */
export function scenarioOf(name: string, said: ScenarioFields): Scenario {
  const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  return {
    ...DEFAULTS,
    ...given,
    name,
    fail: (field, message) => {
      throw new UsageError(`${FLAGS[field] ?? `--${field.replaceAll("_", "-")}`}: ${message}`);
    },
  };
}

/** JSON Schema (draft 7) of scenario files, for editors. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(SCENARIO_FILE, { target: "draft-7", io: "input" });
  return { $schema, title: "Scenarios of rdbscope plan", ...schema };
}
