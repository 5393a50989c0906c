import { createHash } from "node:crypto";
import type { Metric } from "../metrics/metric.ts";
import { shownName } from "./cells.ts";
import { middleCut } from "./text.ts";

/** What all others of a label are together. */
const OTHER = "(other)";
/** Cells of a label value at most. */
const MOST_CELLS = 160;

/**
 * Metrics in the text format that Prometheus reads (version 0.0.4), without line ends. `constant`: labels that every sample has
 * before its own.
 */
export function* exposition(
  metrics: Iterable<Metric>,
  constant: Readonly<Record<string, string>>,
): Iterable<string> {
  const first = Object.entries(constant).map(([name, value]) => label(name, value));
  for (const { name, help, samples } of metrics) {
    yield `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`;
    yield `# TYPE ${name} gauge`;
    for (const { labels, value } of samples) {
      const own = Object.entries(labels).map(([key, text]) => label(key, labelText(text)));
      const all = [...first, ...own].join(",");
      yield `${name}${all === "" ? "" : `{${all}}`} ${value}`;
    }
  }
}

/** A text of a snapshot as a label value that shows what it is: different ones stay different, and none is what stands for the others. */
function labelText(text: string | null): string {
  if (text === null) return OTHER;
  if (text === OTHER) return `\\x28${OTHER.slice(1)}`;
  const shown = shownName(text);
  const cut = middleCut(shown, MOST_CELLS);
  if (cut === shown) return shown;
  return `${cut} #${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
}

function label(name: string, value: string): string {
  const escaped = value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  return `${name}="${escaped}"`;
}
