import path from "node:path";
import { type Command, Option } from "commander";
import * as z from "zod";
import { type Info, parseInfo } from "../doctor/info.ts";
import { UsageError } from "../errors.ts";
import type { Catalogue } from "../plan/catalogue.ts";
import { DEFAULTS, SCENARIO_FIELDS, type ScenarioFields } from "../plan/fields.ts";
import type { Scenario, Scenarios } from "../plan/scenario.ts";
import { MAX_YAML_BYTES } from "../yaml/limits.ts";
import { choiceOf, type RunOptions, repeated, type Warn } from "./options.ts";
import { readText } from "./read-text.ts";

/** Fields of a scenario that have a flag of the same name, how its text is meant, and what help says. */
const FLAGS = {
  months: ["number", "<n>", `how far ahead (default: ${DEFAULTS.months})`],
  growth: ["text", "<percent>", "more keys a month, such as 5% (default: 0%)"],
  workload: [
    "text",
    "<kind>",
    `${Object.keys(SCENARIO_FIELDS.workload.enum).join(", ")} (default: ${DEFAULTS.workload})`,
  ],
  hours_between_restarts: ["number", "<n>", `how long it runs (default: ${DEFAULTS.hours_between_restarts})`],
  fragmentation: ["number", "<ratio>", "resident over used memory, where it is known"],
  info: ["text", "<file>", "a saved text of INFO: its mem_fragmentation_ratio"],
  replicas: ["number", "<n>", `replicas of each shard (default: ${DEFAULTS.replicas})`],
  sync: [
    "text",
    "<type>",
    `${Object.keys(SCENARIO_FIELDS.sync.enum).join(", ")} (default: ${DEFAULTS.sync})`,
  ],
  writes_per_second: ["number", "<n>", "writes while a save runs (default: it copies 20% of the data)"],
  clients: ["number", "<n>", `clients of each shard (default: ${DEFAULTS.clients})`],
  pipeline: ["number", "<n>", `commands that a client sends at once (default: ${DEFAULTS.pipeline})`],
  scripts: ["number", "<n>", `scripts cached (default: ${DEFAULTS.scripts})`],
  safety: ["text", "<percent>", "added to the sum of all (default: 20%)"],
  shards: ["number", "<n>", "primaries (default: found from the catalogue)"],
} as const satisfies Partial<Record<keyof ScenarioFields, readonly ["number" | "text", string, string]>>;
type FlagName = keyof typeof FLAGS;
const FLAG_NAMES = Object.keys(FLAGS) as FlagName[];

/** "--hours-between-restarts", and as commander calls its value. */
const flagOf = (name: string) => `--${name.replaceAll("_", "-")}`;
const memberOf = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Adds what says a scenario without a file. */
export function addScenarioOptions(command: Command): Command {
  command
    .option(
      "--scenario <file>",
      "scenarios, as YAML: all that the following flags say, and more (docs/sizing.md)",
    )
    .option("--profiles <list>", "servers to plan for, side by side, such as redis-7.2,valkey-9.1")
    .option("--catalogue <file>", "machines with their prices, as YAML");
  for (const name of FLAG_NAMES) {
    const [, value, meaning] = FLAGS[name];
    command.addOption(new Option(`${flagOf(name)} ${value}`, meaning));
  }
  return command.option(
    "--growth-of <pattern=percent>",
    "more keys of one pattern a month; may be given several times",
    repeated,
  );
}

/** Texts of flags: what they say is checked as fields of a file are. */
export const SCENARIO_OPTIONS = {
  scenario: z.string().min(1).optional(),
  catalogue: z.string().min(1).optional(),
  growthOf: z.array(z.string()).optional(),
  ...(Object.fromEntries(FLAG_NAMES.map((name) => [memberOf(name), z.string().optional()])) as Record<
    string,
    z.ZodOptional<z.ZodString>
  >),
};

/** What is planned: scenarios with what their files say. */
export interface Wanted {
  readonly scenarios: readonly Scenario[];
  readonly infos: ReadonlyMap<Scenario, Info>;
  readonly catalogue: Catalogue | undefined;
}

type Options = Readonly<Record<string, unknown>> &
  Pick<RunOptions, "allocator" | "set" | "config"> & {
    readonly scenario?: string | undefined;
    readonly catalogue?: string | undefined;
    readonly profiles?: readonly string[] | undefined;
    readonly growthOf?: readonly string[] | undefined;
  };

type ParseScenarios = typeof import("../plan/scenario.ts").parseScenarios;
type MakeScenario = typeof import("../plan/scenario.ts").scenarioOf;

/** Reads scenario, catalogue and INFO. @throws {UsageError} for what is wrong in them, or said twice. @throws {IoError} */
export async function readWanted(options: Options, warn: Warn): Promise<Wanted> {
  const [{ parseCatalogue }, { parseScenarios, scenarioOf }] = await Promise.all([
    import("../plan/catalogue.ts"),
    import("../plan/scenario.ts"),
  ]);
  const { scenario: file, catalogue: ownCatalogue } = options;
  const folder = file === undefined ? "." : path.dirname(file);
  const near = (name: string) => (path.isAbsolute(name) ? name : path.join(folder, name));
  const found =
    file === undefined
      ? flagScenarios(options, warn, scenarioOf)
      : fileScenarios(file, options, parseScenarios);
  const { scenarios } = found;
  const named = found.catalogue === undefined ? ownCatalogue : (ownCatalogue ?? near(found.catalogue));
  const infos = new Map<Scenario, Info>();
  for (const one of scenarios) {
    if (one.info === undefined || one.fragmentation !== undefined) continue;
    const name = near(one.info);
    const info = parseInfo(readText(name, MAX_YAML_BYTES, "INFO text"), name);
    if (!info.has("mem_fragmentation_ratio")) one.fail("info", `${name} has no mem_fragmentation_ratio`);
    infos.set(one, info);
  }
  const catalogue =
    named === undefined ? undefined : parseCatalogue(readText(named, MAX_YAML_BYTES, "catalogue"), named);
  return { scenarios, infos, catalogue };
}

function fileScenarios(file: string, options: Options, parse: ParseScenarios): Scenarios {
  const others = [...FLAG_NAMES, "growth_of", "profiles", "allocator", "set", "config"];
  const given = others.find((name) => options[memberOf(name)] !== undefined);
  if (given !== undefined)
    throw new UsageError(`${flagOf(given)}: ${file} says that: --scenario takes no other flags of scenarios`);
  return parse(readText(file, MAX_YAML_BYTES, "scenario file"), file);
}

/** One scenario for each server, else one for the snapshot's own. */
function flagScenarios(options: Options, warn: Warn, make: MakeScenario): Scenarios {
  const { profiles, growthOf = [] } = options;
  const twice = profiles?.find((profile, i) => profiles.indexOf(profile) !== i);
  if (twice !== undefined) throw new UsageError(`--profiles: ${twice} is named twice`);
  const { allocator, settings = {} } = choiceOf(options, warn);
  const fields: Record<string, unknown> = {};
  for (const name of FLAG_NAMES) {
    const text = options[memberOf(name)] as string | undefined;
    if (text !== undefined) fields[name] = fieldOf(name, text);
  }
  if (fields.info !== undefined && fields.fragmentation !== undefined)
    throw new UsageError("--info and --fragmentation both say the ratio: give one of them");
  const byPattern = growthOf.map((text) => {
    const [, pattern, percent] = /^(.+)=([^=]+)$/s.exec(text) ?? [];
    if (pattern === undefined)
      throw new UsageError(
        `--growth-of: "${text}" is not a pattern with a percentage such as 'session:*=10%'`,
      );
    return [pattern, checked("--growth-of", SCENARIO_FIELDS.growth, percent)];
  });
  if (byPattern.length > 0) fields.growth_by_pattern = Object.fromEntries(byPattern);
  const common = {
    ...fields,
    allocator,
    ...(Object.keys(settings).length > 0 && { settings }),
  } as ScenarioFields;
  const scenarios = (profiles ?? [undefined]).map((profile) =>
    make(profile ?? "as it is", { ...common, profile: profile as ScenarioFields["profile"] }),
  );
  return { scenarios, catalogue: undefined };
}

function fieldOf(name: FlagName, text: string): unknown {
  const value = FLAGS[name][0] === "number" && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
  return checked(flagOf(name), SCENARIO_FIELDS[name], value);
}

function checked(flag: string, schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new UsageError(`${flag}: ${JSON.stringify(value)} is not ${result.error.issues[0]!.message}`);
}
