import type { CheckReport } from "../../check/check.ts";
import type { Layout } from "../index.ts";
import { renderGithub } from "./github.ts";
import { renderCheckJson } from "./json.ts";
import { renderJunit } from "./junit.ts";
import { renderCheckMarkdown } from "./markdown.ts";
import { renderSarif } from "./sarif.ts";
import { renderCheckTable } from "./table.ts";

/** Every format of `check`, by its name: lines without line ends. A new one: a file, and a line here. */
export const CHECK_FORMATS = {
  table: renderCheckTable,
  json: renderCheckJson,
  junit: renderJunit,
  sarif: renderSarif,
  github: renderGithub,
  markdown: renderCheckMarkdown,
} as const satisfies Record<string, (report: CheckReport, layout: Layout) => Iterable<string>>;

export type CheckFormat = keyof typeof CHECK_FORMATS;
