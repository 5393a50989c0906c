import * as z from "zod";
import {
  ALLOCATORS,
  type AllocatorName,
  PROFILES,
  type ProfileName,
  parseSettings,
} from "../memory/index.ts";
import { change, choice, flag, number, percent, share, size, whole, words } from "../yaml/fields.ts";
import { SYNC_TYPES, WORKLOAD_NAMES } from "./rules-of-thumb.ts";

const profiles = Object.keys(PROFILES) as [ProfileName, ...ProfileName[]];
const allocators = Object.keys(ALLOCATORS) as [AllocatorName, ...AllocatorName[]];

const SETTINGS = "directives of redis.conf with their values";
const RESERVED = "a number of machines such as 35, or a share of them from 0% to 100%, such as 70%";
const SHARE = /^(?:100(?:\.0{1,2})?|\d{1,2}(?:\.\d{1,2})?)%$/;
/** More machines are not bought. */
const MOST_MACHINES = 1_000_000;

/** Directives by name; each is checked where it stands. */
const settings = z
  .record(z.string(), z.union([z.string(), z.number()], "a value of redis.conf such as 64 or 4gb"), SETTINGS)
  .transform((given, context): Record<string, string> => {
    const texts = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
    for (const [name, text] of Object.entries(texts)) {
      try {
        parseSettings({ [name]: text });
      } catch (error) {
        const { message } = error as Error;
        context.addIssue({ code: "custom", path: [name], message, params: { whole: true } });
      }
    }
    return texts;
  })
  .describe("Directives of redis.conf that change what keys take, such as hash-max-listpack-entries: 1024.");

/** So many machines, or this share of those that there are. */
export type Reserved =
  | { readonly machines: number; readonly share?: undefined }
  | { readonly share: number; readonly machines?: undefined };

const reserved = (meaning: string) =>
  z
    .union(
      [
        z.int(RESERVED).nonnegative(RESERVED).max(MOST_MACHINES, RESERVED),
        z.string(RESERVED).regex(SHARE, RESERVED),
      ],
      RESERVED,
    )
    .transform(
      (value): Reserved =>
        typeof value === "number" ? { machines: value } : { share: Number(value.slice(0, -1)) / 100 },
    )
    .describe(`${meaning} A number of machines, or a share of them such as 70%.`);

const PURCHASE = z.strictObject({
  name: words("What it is called in the answer."),
  one_year: reserved("Reserved for one year.").optional(),
  three_years: reserved("Reserved for three years.").optional(),
});

const names = (what: string, meaning: string) =>
  z.array(z.string(what).min(1, what), `a list of ${what}`).min(1, `a list of ${what}`).describe(meaning);

/** What is more is no fragmentation. */
export const MOST_FRAGMENTATION = 20;

/** What may be said of a scenario, field by field: the one place that the schema, flags and defaults follow. */
export const SCENARIO_FIELDS = {
  profile: choice(
    profiles,
    "The server to move to (default: the one that wrote the snapshot, or that the inventory is for).",
  ),
  allocator: choice(allocators, "Its malloc (default: the profile's)."),
  settings,
  months: whole("How far ahead is planned.", 0, 600),
  growth: change("How much more keys there are each month."),
  growth_by_pattern: z
    .record(
      z.string(),
      change("How much more keys of the pattern there are each month."),
      "patterns with a percentage each",
    )
    .describe("The same for single patterns, named as `patterns` prints them."),
  workload: choice(WORKLOAD_NAMES, "What the server does most: it decides how memory becomes fragmented."),
  hours_between_restarts: number(
    "How long it runs, until a restart or a move of all data compacts it.",
    0,
    1e6,
  ),
  fragmentation: number(
    "Resident over used memory, where it is known: in place of the three factors.",
    1,
    MOST_FRAGMENTATION,
  ),
  info: words(
    "File with a saved answer of INFO: its mem_fragmentation_ratio is used. Relative to the scenario file.",
  ),
  replicas: whole("Replicas of each shard.", 0, 100),
  sync: choice(
    SYNC_TYPES,
    "How replicas synchronize: partial needs a backlog, full copies pages on write, mixed both.",
  ),
  bgsave: flag(
    "Whether the server itself saves or rewrites its AOF in the background, whatever its replicas do.",
  ),
  copy_on_write: share("Share of the data that is written while a save runs, where it is known."),
  writes_per_second: number("Writes while a save runs: in place of copy_on_write.", 0, 1e8),
  save_bytes_per_second: size(
    "How fast a save writes, with writes_per_second.",
    1024 ** 2,
    "a speed of 1M a second at least, such as 200M",
  ),
  replica_buffer: size("Output buffer of a replica (client-output-buffer-limit replica)."),
  backlog: size("repl-backlog-size, where it is set (default: 1% of the data, 1G at most)."),
  clients: whole("Clients connected to each shard.", 0, 10_000_000),
  pipeline: whole("Commands that a client sends at once.", 0, 1_000_000),
  scripts: whole("Scripts and functions cached.", 0, 10_000_000),
  core: size("The server itself, and what nobody counts."),
  safety: percent("What is added to the sum of all.", 1000),
  maxmemory_share: share("maxmemory, as a share of the machine's memory.", 1),
  shards: whole(
    "Primaries, with the keys of their hash slots (default: found from the catalogue).",
    1,
    16_384,
  ),
  machines: names("names of machines of the catalogue", "Only these machines of the catalogue."),
  regions: names("names of regions of the catalogue", "Only these regions of the catalogue."),
  purchases: z
    .array(PURCHASE, "a list of purchases")
    .min(1, "a list of purchases")
    .describe(
      "What is bought how; the rest is on demand (default: all on demand, all for one year, all for three).",
    ),
} as const;

type Fields = {
  readonly [K in keyof typeof SCENARIO_FIELDS]?: z.output<(typeof SCENARIO_FIELDS)[K]> | undefined;
};

/** What somebody said of a scenario. */
export type ScenarioFields = Fields;

/** What counts where nobody says anything. */
export const DEFAULTS = {
  months: 12,
  growth: 0,
  workload: "mixed",
  hours_between_restarts: 720,
  replicas: 1,
  sync: "mixed",
  bgsave: false,
  copy_on_write: 0.2,
  save_bytes_per_second: 200 * 1024 ** 2,
  replica_buffer: 512 * 1024 ** 2,
  clients: 100,
  pipeline: 1,
  scripts: 0,
  core: 100 * 1024 ** 2,
  safety: 0.2,
  maxmemory_share: 0.8,
} as const satisfies Fields;
