import type { ReportFinding, SnapshotReport } from "../../src/report-data/types.ts";
import { h, named, prose } from "../dom.ts";
import { counted, humanBytes } from "../format.ts";
import { nothing, type Section, section } from "../panel.ts";

/** Findings that are shown until somebody asks for more. */
const FIRST = 10;
/** Findings that are told whole from the beginning; of others the title. */
const OPEN = 2;

/** What the doctor saw: why, what it would save, what to do. */
export function findingsView({ findings }: SnapshotReport): Section {
  const { told, left, looked, skipped } = findings;
  const list = h("ol", { class: "findings" }, ...told.slice(0, FIRST).map(findingView));
  const rest = told.slice(FIRST);
  const more = h(
    "button",
    {
      type: "button",
      class: "quiet",
      click: () => {
        list.append(...rest.map((one) => findingView(one, FIRST)));
        more.remove();
      },
    },
    `Show ${counted(rest.length, "more finding")}`,
  );
  const unsaid = left.reduce((sum, one) => sum + one.findings, 0);
  return section(
    "findings",
    "What is wrong",
    told.length === 0 ? nothing(`Nothing, as far as ${counted(looked.length, "rule")} can see.`) : list,
    rest.length > 0 && more,
    h(
      "p",
      { class: "hint" },
      `${counted(looked.length, "rule")} of rdbscope doctor looked, ${skipped.length} could not.`,
      unsaid > 0
        ? ` ${counted(unsaid, "lesser finding")} of theirs left out: rdbscope doctor -l 100 tells all.`
        : "",
    ),
    skipped.length > 0 &&
      h(
        "details",
        {},
        h("summary", {}, "Rules that could not look"),
        h("ul", { class: "skipped" }, ...skipped.map(({ rule, why }) => h("li", {}, `${rule}: ${why}`))),
      ),
  );
}

function findingView(one: ReportFinding, at: number): HTMLElement {
  const { severity, title, evidence, examples, advice, rule } = one;
  return h(
    "li",
    { class: `finding ${severity}` },
    h(
      "details",
      { open: at < OPEN },
      h(
        "summary",
        {},
        h("span", { class: "badge" }, severity),
        h("span", { class: "title" }, one.estimated ? "(estimate) " : "", named(title)),
        (one.saving_heap_bytes ?? 0) > 0 &&
          h("span", { class: "worth" }, `saves ${humanBytes(one.saving_heap_bytes!)}`),
      ),
      h("p", {}, ...prose(evidence.join(" "))),
      examples.length > 0 && examplesView(examples),
      savingView(one),
      h("ul", { class: "advice" }, ...advice.map((line) => h("li", {}, ...prose(line)))),
      h("p", { class: "rule" }, `rule ${rule}`),
    ),
  );
}

function examplesView(examples: readonly string[]): HTMLElement {
  const names = examples.flatMap((name, i) => [i > 0 ? ", " : "", h("code", {}, named(name))]);
  return h("p", { class: "examples" }, "For example ", ...names);
}

function savingView({
  saving_heap_bytes: heap,
  saving_bytes: bytes,
  unclaimed_because: why,
  estimated,
}: ReportFinding) {
  if (why !== null) return h("p", { class: "saving" }, `No saving is claimed: ${why}.`);
  if (heap === null || bytes === null) return null;
  const usage = humanBytes(heap) === humanBytes(bytes) ? "" : `; MEMORY USAGE falls by ${humanBytes(bytes)}`;
  return h(
    "p",
    { class: "saving" },
    "Saves ",
    h("strong", {}, `${estimated ? "about " : ""}${humanBytes(heap)}`),
    ` of used_memory${usage}.`,
  );
}
