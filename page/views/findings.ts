import type { ReportFinding, SnapshotReport } from "../../src/report-data/shapes.ts";
import { h, named } from "../dom.ts";
import { counted, humanBytes } from "../format.ts";
import { nothing, type Section, section } from "../panel.ts";

/** Findings that are shown until somebody asks for more. */
const FIRST = 10;

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
        list.append(...rest.map(findingView));
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
        h("ul", {}, ...skipped.map(({ rule, why }) => h("li", {}, `${rule}: ${why}`))),
      ),
  );
}

function findingView(one: ReportFinding): HTMLElement {
  const { severity, title, evidence, examples, advice, rule } = one;
  return h(
    "li",
    { class: `finding ${severity}` },
    h(
      "h3",
      {},
      h("span", { class: "badge" }, severity),
      " ",
      one.estimated ? "(estimate) " : "",
      named(title),
    ),
    h("p", {}, evidence.join(" ")),
    examples.length > 0 &&
      h(
        "p",
        { class: "examples" },
        "For example ",
        ...examples.flatMap((name, i) => [i > 0 ? ", " : "", h("code", {}, named(name))]),
      ),
    savingView(one),
    h("ul", { class: "advice" }, ...advice.map((line) => h("li", {}, line))),
    h("p", { class: "rule" }, `rule ${rule}`),
  );
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
