import { Command } from "commander";
import { UsageError } from "../errors.ts";
import type { Comparison, NamedTarget } from "../index.ts";
import { isSqliteFile } from "../inventory/open.ts";
import { expandOne } from "../io/inputs/globs.ts";
import { comparisonParts } from "../reports/compare.ts";
import { comparisonCsv } from "../reports/compare-csv.ts";
import { HUMAN_FORMATS, lineEnd } from "../reports/index.ts";
import { jsonArray, toJson } from "../reports/json.ts";
import { reportChecksum } from "./analysis.ts";
import { interruptible } from "./interrupt.ts";
import { type Cli, layoutOf, note, warner, writeLines, writeParts } from "./io.ts";
import {
  addFilterOptions,
  addInputOptions,
  addLimitOption,
  addPatternOptions,
  addProgressOption,
  addReportOptions,
  addSecretOption,
  addServerOptions,
  addSetting,
  COMPARE_OPTIONS,
  type CompareOptions,
  checkOptions,
  choiceOf,
  defined,
  filtersOf,
  HASH_KEYS,
  repeated,
  type Warn,
} from "./options.ts";
import { progressOf } from "./progress.ts";
import { readSecretFile } from "./secret-file.ts";
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
    .option("--workers <n>", "threads that read (default: as many as the machine has)")
    .option("--ignore-checksum", "exit 0 even when the snapshot's checksum does not match")
    .option("--hash-keys", HASH_KEYS);
  addSecretOption(addPatternOptions(addLimitOption(command, "show this many patterns and keys", 20)));
  addReportOptions(addProgressOption(addInputOptions(addServerOptions(addFilterOptions(command)))));
  return command.action((file: string) => run(cli, file, checkOptions(COMPARE_OPTIONS, command)));
}

async function run(cli: Cli, name: string, options: CompareOptions): Promise<void> {
  const { limit: largest, workers, tempDir, maxExpanded, template: templates, separators, depth } = options;
  const secretFile = options.hashKeysSecretFile;
  const hashKeys = secretFile === undefined ? options.hashKeys : readSecretFile(secretFile);
  const file = expandOne(name);
  const filters = filtersOf(options);
  const targets = targetsOf(options, warner(cli, options.quiet));
  if (isSqliteFile(file)) {
    throw new UsageError(`${file} is an inventory: compare reads the snapshot that it was made of`);
  }
  const { compare } = await import("../index.ts");
  const bar = progressOf(cli, options, [file]);
  try {
    const found = await interruptible((signal) =>
      compare({
        input: file,
        targets,
        filters,
        largest,
        hashKeys,
        patterns: defined({ templates, separators, depth }),
        workers,
        tempDir,
        maxExpanded,
        signal,
        onProgress: (progress) => bar.update(progress),
      }),
    );
    bar.done();
    reportChecksum(cli, options, { ...found, checksumOffset: found.checksum_offset });
    await show(cli, found, options);
  } finally {
    bar.stop();
  }
}

/** Tables tell warnings themselves; beside other formats they go to stderr. */
async function show(cli: Cli, found: Comparison, options: CompareOptions): Promise<void> {
  const { format, limit: largest, quiet } = options;
  const layout = layoutOf(cli, options, true);
  if (HUMAN_FORMATS.includes(format)) {
    await writeParts(cli, comparisonParts(found, largest), format, layout);
    return;
  }
  if (quiet !== true) for (const { message } of found.warnings) note(cli, message);
  const limited = { ...found, patterns: found.patterns.slice(0, largest) };
  if (format === "json") await writeLines(cli, jsonArray([toJson(limited)]));
  else if (format === "ndjson") await writeLines(cli, [toJson(limited)]);
  else await writeLines(cli, comparisonCsv(limited, layout.rawCsv), lineEnd(format));
}

/** `--profiles`, then every `--target`: each with `--set`, `--config` and `--allocator` where it says nothing else. */
function targetsOf(options: CompareOptions, warn: Warn): NamedTarget[] {
  const { profiles = [], target = [] } = options;
  if (profiles.length + target.length === 0) throw new UsageError("give servers: --profiles or --target");
  const common = choiceOf(options, warn);
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
    else addSetting(`--target "${text}"`, settings, name.toLowerCase(), value);
  }
  return { ...common, name: text.trim(), ...others, profile, settings };
}
