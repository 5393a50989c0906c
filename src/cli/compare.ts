import { Command } from "commander";
import { UsageError } from "../errors.ts";
import type { Comparison, NamedTarget } from "../index.ts";
import { isSqliteFile } from "../inventory/open.ts";
import { expandOne } from "../io/inputs/globs.ts";
import { comparisonCsv, comparisonParts } from "../reports/compare.ts";
import { lineEnd } from "../reports/index.ts";
import { jsonArray, toJson } from "../reports/json.ts";
import { reportChecksum } from "./analysis.ts";
import { setLast } from "./config-file.ts";
import { interruptible } from "./interrupt.ts";
import { type Cli, note, styleOf, writeLines, writeParts } from "./io.ts";
import {
  addFilterOptions,
  addInputOptions,
  addReportOptions,
  addServerOptions,
  COMPARE_OPTIONS,
  type CompareOptions,
  checkOptions,
  choiceOf,
  filtersOf,
  repeated,
} from "./options.ts";
import { ProgressBar } from "./progress.ts";
import { splitArgs } from "./split-args.ts";

/** `rdbscope compare SNAPSHOT` */
export function compareCommand(cli: Cli): Command {
  const command = new Command("compare")
    .description("what a snapshot takes on several servers, in one pass")
    .argument("<snapshot>", "a snapshot in any form; - is the standard input")
    .option(
      "--profiles <list>",
      "servers, such as redis-7.2,valkey-9.1; the first is what others differ from",
    )
    .option(
      "--target <words>",
      "one more server with its own settings: 'valkey-9.1 hash-max-listpack-entries=1024 allocator=jemalloc name=big'",
      repeated,
    )
    .option("-l, --largest <n>", "show this many patterns and keys", "20")
    .option("--workers <n>", "threads that read (default: as many as the machine has)")
    .option("--ignore-checksum", "exit 0 even when the snapshot's checksum does not match");
  addReportOptions(addInputOptions(addServerOptions(addFilterOptions(command))));
  return command.action((file: string) => run(cli, file, checkOptions(COMPARE_OPTIONS, command)));
}

async function run(cli: Cli, name: string, options: CompareOptions): Promise<void> {
  const { largest, workers, tempDir, maxExpanded } = options;
  const file = expandOne(name);
  const filters = filtersOf(options);
  const targets = targetsOf(options);
  if (isSqliteFile(file)) {
    throw new UsageError(`${file} is an inventory: compare reads the snapshot that it was made of`);
  }
  const { compare } = await import("../index.ts");
  const bar = new ProgressBar(cli, options.quiet === true);
  try {
    const found = await interruptible((signal) =>
      compare({
        input: file,
        targets,
        filters,
        largest,
        workers,
        tempDir,
        maxExpanded,
        signal,
        onProgress: (progress) => bar.update(progress),
      }),
    );
    bar.stop();
    reportChecksum(cli, options, found);
    if (options.quiet !== true) for (const { message } of found.warnings) note(cli, message);
    await show(cli, found, options);
  } finally {
    bar.stop();
  }
}

async function show(cli: Cli, found: Comparison, { format, color, largest }: CompareOptions): Promise<void> {
  if (format === "json") await writeLines(cli, jsonArray([toJson(found)]));
  else if (format === "ndjson") await writeLines(cli, [toJson(found)]);
  else if (format === "csv") await writeLines(cli, comparisonCsv(found), lineEnd(format));
  else {
    const parts = comparisonParts(found, largest);
    await writeParts(cli, parts, format, { style: styleOf(cli, color), titles: true });
  }
}

/** `--profiles`, then every `--target`: each with `--set`, `--config` and `--allocator` where it says nothing else. */
function targetsOf(options: CompareOptions): NamedTarget[] {
  const { profiles = [], target = [] } = options;
  if (profiles.length + target.length === 0) throw new UsageError("give servers: --profiles or --target");
  const common = choiceOf(options);
  return [
    ...profiles.map((profile) => ({ ...common, profile })),
    ...target.map((text) => namedTarget(text, common)),
  ];
}

/** A profile's name, then `name=value` words: directives, `allocator`, or `name`, what it is called in the answer. */
function namedTarget(text: string, common: NamedTarget): NamedTarget {
  const [profile, ...words] = splitArgs(text) ?? [];
  if (profile === undefined || profile.includes("=")) {
    throw new UsageError(`--target: "${text}" does not begin with the name of a profile`);
  }
  const settings = { ...common.settings };
  const others: { name?: string; allocator?: string } = {};
  for (const word of words) {
    const [, name, value] = /^([^=]+)=(.+)$/.exec(word) ?? [];
    if (name === undefined || value === undefined) {
      throw new UsageError(`--target: "${word}" is not a setting such as hash-max-listpack-entries=64`);
    }
    if (name === "name" || name === "allocator") others[name] = value;
    else setLast(settings, name.toLowerCase(), value);
  }
  return { ...common, name: text.trim(), ...others, profile, settings };
}
