import type { Command } from "commander";
import { analyzeCommand } from "./analyze.ts";
import { bigkeysCommand } from "./bigkeys.ts";
import { checkCommand } from "./check.ts";
import { compareCommand } from "./compare.ts";
import { completionCommand } from "./completion.ts";
import { diffCommand } from "./diff.ts";
import { doctorCommand } from "./doctor.ts";
import { efficiencyCommand } from "./efficiency.ts";
import { encodingsCommand } from "./encodings.ts";
import { explainCommand } from "./explain.ts";
import { exportCommand } from "./export.ts";
import { getCommand } from "./get.ts";
import { hotkeysCommand } from "./hotkeys.ts";
import type { Cli } from "./io.ts";
import { memkeysCommand } from "./memkeys.ts";
import { paretoCommand } from "./pareto.ts";
import { patternsCommand } from "./patterns.ts";
import { planCommand } from "./plan.ts";
import { queryCommand } from "./query.ts";
import { reportCommand } from "./report.ts";
import { schemaCommand } from "./schema.ts";
import { sizesCommand } from "./sizes.ts";
import { slotsCommand } from "./slots.ts";
import { summaryCommand } from "./summary.ts";
import { trendCommand } from "./trend.ts";
import { ttlCommand } from "./ttl.ts";
import { typesCommand } from "./types.ts";
import { verifyCommand } from "./verify.ts";

/** Every command, in the order of `--help`. A new one: a file, and a line here. */
export const COMMANDS = {
  summary: summaryCommand,
  analyze: analyzeCommand,
  types: typesCommand,
  encodings: encodingsCommand,
  patterns: patternsCommand,
  ttl: ttlCommand,
  bigkeys: bigkeysCommand,
  memkeys: memkeysCommand,
  sizes: sizesCommand,
  slots: slotsCommand,
  hotkeys: hotkeysCommand,
  efficiency: efficiencyCommand,
  pareto: paretoCommand,
  doctor: doctorCommand,
  report: reportCommand,
  check: checkCommand,
  explain: explainCommand,
  compare: compareCommand,
  plan: planCommand,
  trend: trendCommand,
  diff: diffCommand,
  get: getCommand,
  export: exportCommand,
  query: queryCommand,
  schema: schemaCommand,
  verify: verifyCommand,
  completion: completionCommand,
} as const satisfies Record<string, (cli: Cli) => Command>;
