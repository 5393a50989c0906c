import { type Command, Option } from "commander";
import * as z from "zod";
import { GROUPING_NAMES } from "../diff/rollup-diff.ts";
import { UsageError } from "../errors.ts";
import {
  ALLOCATORS,
  type AllocatorName,
  PROFILES,
  type ProfileName,
  parseSettings,
} from "../memory/index.ts";
import { MAX_DEPTH } from "../patterns/index.ts";
import type { TargetChoice } from "../pipeline/target-choice.ts";
import { CSV_COMPAT, type CsvCompat } from "../queries/csv-compat.ts";
import type { QuestionFilters } from "../queries/filters.ts";
import {
  parseByteRange,
  parseBytes,
  parseDuration,
  parseShare,
  parseTime,
  parseTimeRange,
} from "../ranges.ts";
import { FORMATS, type FormatName } from "../reports/index.ts";
import { VALUE_FORMATS, type ValueFormat } from "../values/formats.ts";
import { readConfigFile, setLast } from "./config-file.ts";
import { parseTypeName, TYPE_NAMES } from "./type-names.ts";

/** A text that `parse` understands; else one line that says what it should be. */
function parsed<T>(parse: (text: string) => T | undefined, expected: string) {
  return z.string().transform((text, context): T => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: `"${text}" is not ${expected}` });
    return z.NEVER;
  });
}

/** The same of two ends with `..` between them: where they change places, that is told. */
function parsedRange<T>(parse: (text: string) => T | undefined, expected: string) {
  return z.string().transform((text, context): T => {
    const value = parse(text);
    if (value !== undefined) return value;
    const turned = text.split("..").reverse().join("..");
    const isTurned = turned !== text && parse(turned) !== undefined;
    const message = isTurned
      ? `"${text}" begins behind its end: is it ${turned}?`
      : `"${text}" is not ${expected}`;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  });
}

/** One of a few names. */
export function oneOf<T extends string>(names: readonly T[]) {
  return parsed((text) => names.find((name) => name === text), `one of ${names.join(", ")}`);
}

/** Some of a few names, with commas between; the one that is wrong is told. */
function listOf<T extends string>(names: readonly T[]) {
  return z.string().transform((text, context): T[] => {
    const parts = text.split(",");
    const wrong = parts.find((part) => !(names as readonly string[]).includes(part));
    if (wrong === undefined) return parts as T[];
    context.addIssue({ code: "custom", message: `"${wrong}" is not one of ${names.join(", ")}` });
    return z.NEVER;
  });
}

function everyOf<T>(text: string, parse: (part: string) => T | undefined): T[] | undefined {
  const values = text.split(",").map(parse);
  return values.some((value) => value === undefined) ? undefined : (values as T[]);
}

function wholeNumber(min: number, max: number) {
  const parse = (text: string) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  };
  return parsed(parse, `a whole number from ${min} to ${max}`);
}

const dbNumber = (text: string) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);
const ttlFilter = (text: string) =>
  text === "none" || text === "any" || text === "expired" ? text : parseTimeRange(text);

const REPORT = {
  format: oneOf(Object.keys(FORMATS) as FormatName[]),
  color: z.boolean(),
  quiet: z.boolean().optional(),
  rawCsv: z.boolean().optional(),
};
/** Options of every command that answers. */
export const REPORT_OPTIONS = z.object(REPORT);
/** "name=value"; the name in small letters, as `parseSettings` has it. */
const setting = (text: string) => {
  const match = /^\s*([^=\s]+)\s*=\s*(\S.*)$/.exec(text);
  return match === null ? undefined : ([match[1]!.toLowerCase(), match[2]!.trim()] as const);
};
const SERVER = {
  allocator: oneOf(Object.keys(ALLOCATORS) as AllocatorName[]).optional(),
  set: z.array(parsed(setting, "a setting such as hash-max-listpack-entries=64")).optional(),
  config: z.string().min(1).optional(),
};
const TARGET = { profile: oneOf(Object.keys(PROFILES) as ProfileName[]).optional(), ...SERVER };
const SECRET = { hashKeysSecretFile: z.string().min(1).optional() };
/** What `--progress` takes: a bar on terminals, or lines of JSON anywhere. */
export const PROGRESS_FORMATS = ["bar", "json"] as const;
const PROGRESS = { progress: oneOf(PROGRESS_FORMATS).optional() };
const RUN = {
  ...PROGRESS,
  workers: wholeNumber(1, 256).optional(),
  ...TARGET,
  ...SECRET,
  hashKeys: z.boolean().optional(),
  ignoreChecksum: z.boolean().optional(),
  salvage: z.boolean().optional(),
  sample: parsed(parseShare, "a share of the keys such as 0.05 or 5%").optional(),
  sampleSeed: wholeNumber(0, 2 ** 32 - 1).optional(),
};
const INPUT = {
  tempDir: z.string().min(1).optional(),
  maxExpanded: parsed(parseBytes, "a size such as 500G or 2T").optional(),
};
const FILTERS = {
  db: parsed((text) => everyOf(text, dbNumber), "a list of database numbers such as 0,3").optional(),
  type: parsed((text) => everyOf(text, parseTypeName), `a list of ${TYPE_NAMES}`).optional(),
  key: z.string().optional(),
  regex: z.boolean().optional(),
  notKey: z.string().optional(),
  size: parsedRange(parseByteRange, "a range of sizes such as 10K..1M, 10K.. or ..1M").optional(),
  bytes: parsed(parseBytes, "a size such as 500, 10K or 1M").optional(),
  ttl: parsedRange(ttlFilter, "none, any, expired or a range of times such as 1h..7d or 30d..").optional(),
};

/** Options of `analyze`. */
const PATTERNS = {
  template: z.array(z.string()).optional(),
  separators: z.string().optional(),
  depth: wholeNumber(1, MAX_DEPTH).optional(),
};

/** Which partition of a dataset is written. */
const PARTITION = {
  parquet: z.string().min(1).optional(),
  cluster: z.string().optional(),
  date: z.string().optional(),
  node: z.string().optional(),
};

export const ANALYZE_OPTIONS = z.object({
  ...REPORT,
  ...RUN,
  ...INPUT,
  ...FILTERS,
  output: z.string().min(1).optional(),
  force: z.boolean().optional(),
  keys: oneOf(["all", "none"]),
  index: listOf(["key", "pattern", "bytes"]).optional(),
  ...PATTERNS,
  ...PARTITION,
  resume: z.boolean().optional(),
});

/** Options of every question. */
export const QUESTION_OPTIONS = z.object({
  ...REPORT,
  ...RUN,
  ...INPUT,
  ...FILTERS,
  fleet: z.boolean().optional(),
  pattern: z.string().optional(),
  snapshot: wholeNumber(1, 2 ** 15).optional(),
});

/** maxmemory in the words of redis.conf, as bytes; undefined where it is none, or no limit. */
const maxmemory = (text: string) => {
  const bytes = parseSettingOrNone("maxmemory", text);
  return typeof bytes === "number" && bytes > 0 ? bytes : undefined;
};

/** What one server may take. */
const MAXMEMORY = parsed(maxmemory, "a size above 0 as redis.conf has it, such as 4gb or 500mb").optional();

/** Labels that metrics have themselves. */
const OWN_LABELS =
  "db type encoding pattern ttl path input server_kind server_version profile allocator".split(" ");
/** "name=value", the name as Prometheus has them; each once. */
const constantLabel = (text: string) => {
  const [, name, value] = /^([a-zA-Z_][a-zA-Z0-9_]*)=(.*)$/s.exec(text) ?? [];
  const isFree = name !== undefined && !name.startsWith("__") && !OWN_LABELS.includes(name);
  return isFree ? ([name, value!] as const) : undefined;
};

/** Options of `export`: one of the first five says what. */
export const EXPORT_OPTIONS = z.object({
  ...RUN,
  ...INPUT,
  ...FILTERS,
  values: oneOf(Object.keys(VALUE_FORMATS) as ValueFormat[]).optional(),
  keys: oneOf(["csv", "ndjson"]).optional(),
  csvCompat: oneOf(Object.keys(CSV_COMPAT) as CsvCompat[]).optional(),
  folded: z.boolean().optional(),
  prometheus: z.boolean().optional(),
  ...PARTITION,
  limit: wholeNumber(1, 1000).optional(),
  label: z
    .array(parsed(constantLabel, "a label such as server=cache-1, with a name that no metric has"))
    .refine(
      (all) => new Set(all.map(([name]) => name)).size === all.length,
      "gives a name twice: each has one value",
    )
    .optional(),
  maxmemory: MAXMEMORY,
  output: z.string().min(1).optional(),
  force: z.boolean().optional(),
  resume: z.boolean().optional(),
  quiet: REPORT.quiet,
  rawCsv: REPORT.rawCsv,
  pattern: z.string().optional(),
  snapshot: wholeNumber(1, 2 ** 15).optional(),
});

/** What a report can be written as. */
export const REPORT_FORMAT_NAMES = ["html", "markdown", "json"] as const;

/** Options of `report`. */
export const REPORT_COMMAND_OPTIONS = z.object({
  ...RUN,
  ...INPUT,
  ...FILTERS,
  format: oneOf(REPORT_FORMAT_NAMES),
  output: z.string().min(1).optional(),
  force: z.boolean().optional(),
  baseline: z.string().min(1).optional(),
  quiet: REPORT.quiet,
  pattern: z.string().optional(),
  snapshot: wholeNumber(1, 2 ** 15).optional(),
});

const ANY_RUN = z.object({ ...REPORT, ...RUN, ...INPUT });

/** What answers SQL. */
export const ENGINES = ["sqlite", "duckdb"] as const;

/** Options of `query`: the SQL says everything else. */
export const QUERY_OPTIONS = z.object({
  ...ANY_RUN.shape,
  timeout: parsed(parseDuration, "a time such as 30s, 10m or 1h (0: none)"),
  maxMemory: parsed(parseBytes, "a size such as 500M or 4G (0: no limit)"),
});

/** Options of `serve`. */
export const SERVE_OPTIONS = QUERY_OPTIONS.pick({ timeout: true, maxMemory: true }).extend({
  ...RUN,
  ...INPUT,
  quiet: REPORT.quiet,
  port: wholeNumber(0, 65535),
  host: z.string(),
  snapshotFile: z.string().min(1).optional(),
});

/** Options of `verify`. */
export const VERIFY_OPTIONS = z.object({
  ...REPORT,
  ...PROGRESS,
  ...INPUT,
  workers: RUN.workers,
  ignoreChecksum: RUN.ignoreChecksum,
});

/** Options of `explain`. */
export const EXPLAIN_OPTIONS = z.object({
  ...REPORT,
  ...INPUT,
  ...TARGET,
  ...SECRET,
  db: wholeNumber(0, 2 ** 31).optional(),
  snapshot: wholeNumber(1, 2 ** 15).optional(),
  snapshotFile: z.string().min(1).optional(),
});

/** Options of `get`. */
export const GET_OPTIONS = z.object({
  ...INPUT,
  ...SECRET,
  as: oneOf(["json", "resp"]),
  limit: wholeNumber(1, 1_000_000_000),
  quiet: REPORT.quiet,
  db: wholeNumber(0, 2 ** 31).optional(),
  snapshot: wholeNumber(1, 2 ** 15).optional(),
  snapshotFile: z.string().min(1).optional(),
});

/** Options of `compare`. */
export const COMPARE_OPTIONS = z.object({
  ...REPORT,
  ...PROGRESS,
  ...INPUT,
  ...SERVER,
  ...FILTERS,
  workers: RUN.workers,
  ignoreChecksum: RUN.ignoreChecksum,
  hashKeys: RUN.hashKeys,
  ...SECRET,
  ...PATTERNS,
  profiles: listOf(Object.keys(PROFILES) as ProfileName[]).optional(),
  target: z.array(z.string()).optional(),
  limit: wholeNumber(1, 10_000),
});

/** Options of `trend`. */
export const TREND_OPTIONS = z.object({
  ...REPORT,
  ...RUN,
  ...INPUT,
  ...FILTERS,
  pattern: z.string().optional(),
  limit: wholeNumber(1, 10_000),
  nodes: wholeNumber(1, 16384),
  maxmemory: MAXMEMORY,
  allowMixed: z.boolean().optional(),
  fileTimes: z.boolean().optional(),
});

/** Options of `diff`. */
export const DIFF_OPTIONS = z.object({
  ...REPORT,
  ...PROGRESS,
  ...INPUT,
  ...TARGET,
  ...SECRET,
  ...FILTERS,
  workers: RUN.workers,
  ignoreChecksum: RUN.ignoreChecksum,
  salvage: RUN.salvage,
  by: oneOf(GROUPING_NAMES).optional(),
  limit: wholeNumber(1, 1_000_000),
  exitCode: z.boolean().optional(),
  allowMixed: z.boolean().optional(),
  oldSnapshot: wholeNumber(1, 2 ** 15).optional(),
  newSnapshot: wholeNumber(1, 2 ** 15).optional(),
});

/** Levels of a tree of patterns. */
export const TREE_DEPTH = wholeNumber(1, MAX_DEPTH);

/** How much a question shows. */
export const LIMIT = wholeNumber(1, 1_000_000);

/** The time that spans of time begin at. */
export const NOW = parsed(
  parseTime,
  "a time such as now, 2026-11-21, 2026-11-21T15:00Z or seconds since the epoch",
).optional();

/** Nodes of a cluster: each has a slot at least. */
export const NODES = wholeNumber(1, 16384).optional();

/** What is grouped apart: one thing. */
export function byOne<T extends string>(name: T) {
  return oneOf([name]).optional();
}

/** What an analysis looks at. */
export type AnalysisOptions = Omit<RunOptions, "format" | "color">;
export type RunOptions = z.infer<typeof ANY_RUN>;
export type QuestionOptions = z.infer<typeof QUESTION_OPTIONS>;
export type AnalyzeOptions = z.infer<typeof ANALYZE_OPTIONS>;
export type VerifyOptions = z.infer<typeof VERIFY_OPTIONS>;
export type ExportOptions = z.infer<typeof EXPORT_OPTIONS>;
export type CompareOptions = z.infer<typeof COMPARE_OPTIONS>;
export type ReportFormat = (typeof REPORT_FORMAT_NAMES)[number];
export type ReportCommandOptions = z.infer<typeof REPORT_COMMAND_OPTIONS>;
export type ServeOptions = z.infer<typeof SERVE_OPTIONS>;
export type TrendOptions = z.infer<typeof TREND_OPTIONS>;
export type DiffOptions = z.infer<typeof DIFF_OPTIONS>;
type ServerOptions = Pick<RunOptions, keyof typeof SERVER>;

/** Told what a reader of options should know. */
export type Warn = (message: string) => void;

/** The settings among checked options: `--set` over `--config`. */
function settingsOf({ set = [], config }: ServerOptions, warn: Warn): Record<string, string> {
  const settings = config === undefined ? {} : readConfigFile(config, warn);
  for (const [name, value] of set) addSetting("--set", settings, name, value);
  return settings;
}

/** Checks a setting that an option gave, and sets it. @throws {UsageError} that names the option */
export function addSetting(
  option: string,
  settings: Record<string, string>,
  name: string,
  value: string,
): void {
  try {
    parseSettings({ [name]: value });
  } catch (error) {
    throw new UsageError(`${option}: ${(error as Error).message}`);
  }
  setLast(settings, name, value);
}

/** The value of a directive; undefined where the text is none. */
function parseSettingOrNone(name: "maxmemory", text: string): number | undefined {
  try {
    return parseSettings({ [name]: text })[name];
  } catch {
    return undefined;
  }
}

/** The server to size for, among checked options. */
export function choiceOf(
  options: ServerOptions & { readonly profile?: string | undefined },
  warn: Warn,
): TargetChoice {
  return { profile: options.profile, allocator: options.allocator, settings: settingsOf(options, warn) };
}

/**
 * The options of a command, checked.
 * @throws {UsageError} with one line on the first that is wrong.
 */
export function checkOptions<T extends z.ZodType>(schema: T, command: Command): z.infer<T> {
  const result = schema.safeParse(command.opts());
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const flag = String(issue.path[0]).replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
  throw new UsageError(`--${flag}: ${issue.message}`);
}

type FilterOptions = Pick<QuestionOptions, keyof typeof FILTERS> & { readonly pattern?: string | undefined };

/** Options without those of how a snapshot is read. */
export function withoutReading<T extends object>(options: T): T {
  const reading = new Set(Object.keys({ ...RUN, ...INPUT }));
  return Object.fromEntries(Object.entries(options).filter(([name]) => !reading.has(name))) as T;
}

/** The filters among checked options. */
export function filtersOf(options: FilterOptions): QuestionFilters {
  const { db, type, key, notKey, regex, size, bytes, ttl } = options;
  if (size && bytes !== undefined)
    throw new UsageError("--bytes and --size exclude each other: --bytes N is --size N..");
  if (regex && key === undefined && notKey === undefined)
    throw new UsageError("--regex needs --key or --not-key");
  if (regex) checkRegex("--key", key);
  if (regex) checkRegex("--not-key", notKey);
  const max = size?.max ?? Number.POSITIVE_INFINITY;
  return defined({
    dbs: db,
    types: type,
    pattern: options.pattern,
    key,
    notKey,
    regex,
    minBytes: size?.min ?? bytes,
    maxBytes: max === Number.POSITIVE_INFINITY ? undefined : max,
    ttl,
  });
}

/** Without the members that are not given. */
export function defined<T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function checkRegex(option: string, text: string | undefined): void {
  try {
    if (text !== undefined) new RegExp(text, "u");
  } catch (error) {
    throw new UsageError(`${option}: ${(error as Error).message}`);
  }
}

/** Adds what decides how an answer is written. */
export function addReportOptions(command: Command): Command {
  return command
    .addOption(new Option("--format <name>", `${Object.keys(FORMATS).join(", ")}`).default("table"))
    .option("--no-color", "no colours (as the variable NO_COLOR says)")
    .option("--quiet", "no progress and no notes on stderr")
    .option("--raw-csv", "CSV with texts as they are: what looks like a formula is not made harmless");
}

export const HASH_KEYS = "put keyed hashes in the place of names, with a secret made for this run alone";

/** Adds what an analysis takes, be it for an inventory to keep or for one question. */
export function addRunOptions(command: Command): Command {
  return addProgressOption(addSecretOption(addTargetOptions(command)))
    .option("--hash-keys", HASH_KEYS)
    .option("--workers <n>", "threads that read (default: as many as the machine has, fewer for small files)")
    .option("--ignore-checksum", "exit 0 even when the snapshot's checksum does not match")
    .option(
      "--sample <share>",
      "read this share of the keys, such as 0.05, and estimate all totals, with their errors",
    )
    .option("--sample-seed <n>", "draw other keys than without it")
    .option("--salvage", "read on behind damage: what is lost is told, and the inventory marked");
}

/** Adds how it is told how far the reading of snapshots has come. */
export function addProgressOption(command: Command): Command {
  return command.option(
    "--progress <bar|json>",
    "a bar where stderr is a terminal, or all that stderr is told as lines of JSON (docs/fleet.md)",
  );
}

/** Adds what says how names become patterns. */
export function addPatternOptions(command: Command): Command {
  return command
    .option(
      "--template <pattern>",
      "names such as 'sess:{id}' have this pattern, or '/^sess:(.+)/', whose groups are *; may be given several times",
      repeated,
    )
    .option("--separators <characters>", "the only ones that part names, such as ':.|' (default: usual ones)")
    .option("--depth <n>", "tell so many segments of names apart");
}

/** Adds the secret that names are hashed with. */
export function addSecretOption(command: Command): Command {
  return command.option(
    "--hash-keys-secret-file <file>",
    "hash names with the secret in this file: the same names get the same hashes",
  );
}

/** Adds what decides for which server keys are sized. */
export function addTargetOptions(command: Command): Command {
  return addServerOptions(
    command.option("--profile <name>", `size keys as on this server: ${Object.keys(PROFILES).join(", ")}`),
  );
}

/** Adds what a server may have other than its profile. */
export function addServerOptions(command: Command): Command {
  return command
    .option("--allocator <name>", `size keys as with this malloc: ${Object.keys(ALLOCATORS).join(", ")}`)
    .option("--set <name=value>", "a directive of redis.conf, such as hash-max-listpack-entries=64", repeated)
    .option("--config <file>", "a redis.conf: its directives that change what keys take");
}

/** Adds how much is shown; `--largest` is another name of it that the help does not tell. */
export function addLimitOption(command: Command, description: string, standard: number): Command {
  return command
    .addOption(new Option("-l, --limit <n>", description).default(String(standard)))
    .addOption(new Option("--largest <n>").hideHelp())
    .on("option:largest", (value: string) => command.setOptionValueWithSource("limit", value, "cli"));
}

/** Collects an option that may be given several times. */
export function repeated(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** Adds what decides how inputs are read that are no bare files. */
export function addInputOptions(command: Command): Command {
  return command
    .option("--temp-dir <folder>", "folder for what is unpacked, temporary inventories and large sorts")
    .option(
      "--max-expanded <size>",
      "what a compressed input may become (default: 250 times its size, and 1G)",
    );
}

/** Adds the options that choose keys. */
export function addFilterOptions(command: Command): Command {
  return command
    .option("-n, --db <list>", "only these databases, such as 0,3")
    .option("-t, --type <list>", "only these types, such as hash,zset")
    .option("-k, --key <glob>", "only keys that match, such as 'user:*'")
    .option("--not-key <glob>", "only keys that do not match")
    .option("--regex", "--key and --not-key are regular expressions")
    .option("--size <range>", "only keys of this many bytes, such as 10K..1M")
    .option("-b, --bytes <n>", "only keys of at least this many bytes: --size N..")
    .option("--ttl <range>", "none, any, expired, or the time left at the snapshot's own time: 1h..7d");
}
