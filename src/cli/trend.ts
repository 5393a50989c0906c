import { Command } from "commander";
import { UsageError } from "../errors.ts";
import { isSqliteFile } from "../inventory/open.ts";
import { expandGlobs } from "../io/inputs/globs.ts";
import { isUnfiltered, keyRowFilters } from "../queries/filters.ts";
import type { Scope } from "../queries/scope.ts";
import { HUMAN_FORMATS, lineEnd } from "../reports/index.ts";
import { jsonArray, toJson } from "../reports/json.ts";
import { trendParts } from "../reports/trend.ts";
import { limitedTrend, trendCsv, trendRecords } from "../reports/trend-records.ts";
import { type Measured, measuredInventory, measuredSnapshots } from "../trend/measured.ts";
import { type Trend, trendOf } from "../trend/trend.ts";
import { type Cli, layoutOf, warner, writeLines, writeParts } from "./io.ts";
import {
  addFilterOptions,
  addInputOptions,
  addLimitOption,
  addReportOptions,
  addRunOptions,
  checkOptions,
  filtersOf,
  TREND_OPTIONS,
  type TrendOptions,
} from "./options.ts";
import { forEachScope } from "./question.ts";

/** `rdbscope trend FILE…` */
export function trendCommand(cli: Cli): Command {
  const command = new Command("trend")
    .description("how memory grows from snapshot to snapshot, and when it reaches a limit")
    .argument("<file...>", "inventories or snapshots of one server, in any order")
    .option("--maxmemory <size>", "when used_memory reaches this, in the words of redis.conf, such as 4gb")
    .option("--nodes <n>", "snapshots of a cluster of n nodes: n that were made together are one point", "1")
    .option("--allow-mixed", "take snapshots that were not analyzed for the same server, or not alike")
    .option("--file-times", "snapshots without a time of creation have that of their file")
    .option("--pattern <text>", "only keys of this pattern, as `patterns` prints it");
  addLimitOption(addFilterOptions(command), "show this many types and patterns", 10);
  addReportOptions(addInputOptions(addRunOptions(command)));
  return command.action((files: string[]) => run(cli, files, checkOptions(TREND_OPTIONS, command)));
}

async function run(cli: Cli, names: readonly string[], options: TrendOptions): Promise<void> {
  const { nodes, maxmemory, allowMixed, fileTimes } = options;
  const filters = filtersOf(options);
  if (maxmemory !== undefined && !isUnfiltered(filters))
    throw new UsageError("--maxmemory is about all keys: a part of them says nothing of used_memory");
  const files = expandGlobs(names);
  const inventories = files.filter(isSqliteFile);
  const snapshots = files.filter((file) => !inventories.includes(file));
  const needsRows = keyRowFilters(filters).length > 0;
  const all: Measured[] = [];
  const taking = (measure: typeof measuredInventory) => async (scopes: readonly Scope[]) =>
    void all.push(...measure(scopes));
  if (snapshots.length > 0) await forEachScope(cli, snapshots, options, needsRows, taking(measuredSnapshots));
  // How snapshots are read says nothing of inventories beside them; where there are only such, that is told.
  const asked = snapshots.length > 0 ? forInventory(options) : options;
  for (const file of inventories) await forEachScope(cli, file, asked, needsRows, taking(measuredInventory));
  const found = trendOf(all, { filters, nodes, maxmemory, allowMixed, fileTimes });
  if (maxmemory !== undefined && found.limits.length === 0)
    throw new UsageError("--maxmemory is about all keys, and these inventories were made of a part of them");
  await show(cli, found, options);
}

/** Without what is said of snapshots alone. */
function forInventory({ format, color, quiet, ...options }: TrendOptions): TrendOptions {
  const { limit, nodes, db, type, key, notKey, regex, size, bytes, ttl, pattern } = options;
  return {
    ...{ format, color, quiet, limit, nodes },
    ...{ db, type, key, notKey, regex, size, bytes, ttl, pattern },
  };
}

/** Tables tell notes themselves; beside other formats they go to stderr. */
async function show(cli: Cli, found: Trend, options: TrendOptions): Promise<void> {
  const { format, limit: largest } = options;
  const layout = layoutOf(cli, options, true);
  if (HUMAN_FORMATS.includes(format)) {
    await writeParts(cli, trendParts(found, largest), format, layout);
    return;
  }
  found.notes.forEach(warner(cli, options.quiet));
  const limited = limitedTrend(found, largest);
  if (format === "json") await writeLines(cli, jsonArray([toJson(limited)]));
  else if (format === "ndjson") await writeLines(cli, records(limited));
  else await writeLines(cli, trendCsv(limited, layout.rawCsv), lineEnd(format));
}

function* records(trend: Trend): Iterable<string> {
  for (const record of trendRecords(trend)) yield toJson(record);
}
