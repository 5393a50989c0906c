import type { Report, SnapshotReport } from "../src/report-data/types.ts";
import { freshId, h, named } from "./dom.ts";
import { humanBytes, timeText } from "./format.ts";
import type { Section } from "./panel.ts";
import { themeButton } from "./theme.ts";
import { changesView } from "./views/changes.ts";
import { efficiencyView } from "./views/efficiency.ts";
import { findingsView } from "./views/findings.ts";
import { groupsView } from "./views/groups.ts";
import { sizesView } from "./views/histogram.ts";
import { methodView } from "./views/method.ts";
import { figuresView, notesView, openingView } from "./views/opening.ts";
import { paretoView } from "./views/pareto.ts";
import { slotsView } from "./views/slots.ts";
import { snapshotsView } from "./views/snapshots.ts";
import { topKeysView } from "./views/top-keys.ts";
import { treemapView } from "./views/treemap.ts";
import { ttlView } from "./views/ttl.ts";
import { usedMemoryView } from "./views/used-memory.ts";

/** What is shown of one snapshot, in this order. A new view: a file, and a line here. */
const VIEWS: readonly ((report: SnapshotReport) => Section | null)[] = [
  findingsView,
  treemapView,
  groupsView,
  efficiencyView,
  sizesView,
  ttlView,
  paretoView,
  topKeysView,
  slotsView,
  usedMemoryView,
  methodView,
];

/** Shows a report in `root`: all of it, of the first snapshot until another one is chosen. */
export function mountReport(root: HTMLElement, report: Report): void {
  const choose = (snapshot: number) => {
    const chosen = report.reports.find((one) => one.snapshot.snapshot === snapshot) ?? report.reports[0]!;
    root.replaceChildren(...pageOf(report, chosen, choose));
  };
  choose(report.reports[0]!.snapshot.snapshot);
}

function pageOf(report: Report, chosen: SnapshotReport, choose: (snapshot: number) => void): HTMLElement[] {
  const sections = [
    report.snapshots.length > 1 ? snapshotsView(report, choose) : null,
    report.changes === null ? null : changesView(report.changes),
    ...VIEWS.map((view) => view(chosen)),
  ].filter((one) => one !== null);
  return [
    headerOf(report, chosen, choose),
    h(
      "div",
      { class: "page" },
      contentsOf(sections),
      h(
        "main",
        {},
        notesView(chosen),
        openingView(chosen),
        figuresView(chosen),
        ...sections.map(({ element }) => element),
      ),
    ),
    h(
      "footer",
      {},
      `Made offline by rdbscope ${report.tool_version} from an RDB snapshot; this file asks no host for anything.`,
    ),
  ];
}

function headerOf(
  report: Report,
  { snapshot }: SnapshotReport,
  choose: (snapshot: number) => void,
): HTMLElement {
  const facts = [
    snapshot.server,
    `RDB ${snapshot.rdb_version}`,
    humanBytes(snapshot.file_bytes),
    `created ${timeText(snapshot.created_at)}`,
  ];
  return h(
    "header",
    {},
    h(
      "div",
      {},
      h("p", { class: "brand" }, "rdbscope memory report"),
      h("h1", {}, named(snapshot.path)),
      h("p", { class: "facts-line" }, facts.join(" · ")),
      h("p", { class: "marks" }, ...marksOf(report, snapshot.snapshot)),
    ),
    h("div", { class: "tools" }, chooser(report, snapshot.snapshot, choose), themeButton()),
  );
}

/** What one has to know of a snapshot at first sight. */
function marksOf({ reports }: Report, id: number): HTMLElement[] {
  const { snapshot, sample, target, filters } = reports.find((one) => one.snapshot.snapshot === id)!;
  const isSound = snapshot.checksum === "ok" && snapshot.complete;
  const marks: [boolean, string, string][] = [
    [isSound, "good", "checksum ok"],
    [
      !isSound && snapshot.checksum !== "ok",
      snapshot.checksum === "mismatch" ? "bad" : "so",
      `checksum ${snapshot.checksum}`,
    ],
    [snapshot.salvaged, "bad", "salvaged"],
    [!snapshot.complete && !snapshot.salvaged, "bad", "incomplete"],
    [sample !== null, "so", "estimated from a sample"],
    [snapshot.hashed_names, "so", "names are hashed"],
    [filters !== "", "so", "a part of the keys"],
    [target.measured === null, "so", "profile derived, not measured"],
    [!target.exact, "so", `sized as ${target.profile}`],
  ];
  return marks
    .filter(([applies]) => applies)
    .map(([, paint, text]) => h("span", { class: `mark-chip ${paint}` }, text));
}

function chooser(
  { reports }: Report,
  chosen: number,
  choose: (snapshot: number) => void,
): HTMLElement | null {
  if (reports.length < 2) return null;
  const id = freshId();
  const select = h(
    "select",
    { id },
    ...reports.map(({ snapshot }) =>
      h(
        "option",
        { value: snapshot.snapshot, selected: snapshot.snapshot === chosen },
        `${snapshot.snapshot}: ${snapshot.path}`,
      ),
    ),
  );
  select.addEventListener("change", () => choose(Number(select.value)));
  return h("div", { class: "chooser" }, h("label", { for: id }, "Snapshot"), select);
}

function contentsOf(sections: readonly Section[]): HTMLElement {
  return h(
    "nav",
    { class: "contents", "aria-label": "Contents" },
    h(
      "ul",
      {},
      h("li", {}, h("a", { href: "#opening" }, "In plain words")),
      ...sections.map(({ id, title }) => h("li", {}, h("a", { href: `#${id}` }, title))),
    ),
  );
}
