import type { Command } from "commander";
import type { Cli } from "./io.ts";

type Make = (cli: Cli) => Command;

/** The flags of the program that prints its version. */
export const VERSION_FLAGS: readonly string[] = ["-V", "--version"];

/** The command that writes what the others have. */
const ABOUT_ALL = "completion";

/**
 * Every command, in the order of `--help`: how its code is loaded, which is done only when it is asked for, as the code of all takes
 * longer to load than most answers. A new one: a file, and a line here.
 */
export const COMMANDS = {
  summary: async () => (await import("./summary.ts")).summaryCommand,
  analyze: async () => (await import("./analyze.ts")).analyzeCommand,
  types: async () => (await import("./types.ts")).typesCommand,
  encodings: async () => (await import("./encodings.ts")).encodingsCommand,
  patterns: async () => (await import("./patterns.ts")).patternsCommand,
  ttl: async () => (await import("./ttl.ts")).ttlCommand,
  bigkeys: async () => (await import("./bigkeys.ts")).bigkeysCommand,
  memkeys: async () => (await import("./memkeys.ts")).memkeysCommand,
  sizes: async () => (await import("./sizes.ts")).sizesCommand,
  slots: async () => (await import("./slots.ts")).slotsCommand,
  hotkeys: async () => (await import("./hotkeys.ts")).hotkeysCommand,
  efficiency: async () => (await import("./efficiency.ts")).efficiencyCommand,
  pareto: async () => (await import("./pareto.ts")).paretoCommand,
  doctor: async () => (await import("./doctor.ts")).doctorCommand,
  report: async () => (await import("./report.ts")).reportCommand,
  serve: async () => (await import("./serve.ts")).serveCommand,
  check: async () => (await import("./check.ts")).checkCommand,
  explain: async () => (await import("./explain.ts")).explainCommand,
  compare: async () => (await import("./compare.ts")).compareCommand,
  plan: async () => (await import("./plan.ts")).planCommand,
  trend: async () => (await import("./trend.ts")).trendCommand,
  diff: async () => (await import("./diff.ts")).diffCommand,
  get: async () => (await import("./get.ts")).getCommand,
  export: async () => (await import("./export.ts")).exportCommand,
  query: async () => (await import("./query.ts")).queryCommand,
  schema: async () => (await import("./schema.ts")).schemaCommand,
  verify: async () => (await import("./verify.ts")).verifyCommand,
  completion: async () => (await import("./completion.ts")).completionCommand,
} as const satisfies Record<string, () => Promise<Make>>;

/** Commands that a command line needs: the one it names, none for the version, else all. */
export async function commandsFor([name = ""]: readonly string[]): Promise<Make[]> {
  if (VERSION_FLAGS.includes(name)) return [];
  const isOwn = Object.hasOwn(COMMANDS, name) && name !== ABOUT_ALL;
  const loads = isOwn ? [COMMANDS[name as keyof typeof COMMANDS]] : Object.values(COMMANDS);
  return Promise.all(loads.map((load) => load()));
}
