import type { SnapshotReport } from "../../src/report-data/types.ts";
import { type Child, h, named } from "../dom.ts";
import { counted, humanBytes, humanShare, thousands, timeText } from "../format.ts";
import { panel, type Section, section } from "../panel.ts";

/** How the numbers were made, and how far they can be trusted. */
export function methodView(report: SnapshotReport): Section {
  const { snapshot } = report;
  const facts: [string, Child][] = [
    ["Snapshot", named(snapshot.path)],
    ["File", `${humanBytes(snapshot.file_bytes)}, ${snapshot.magic}, read as ${snapshot.input}`],
    ["Written by", snapshot.server],
    [
      "Created",
      `${timeText(snapshot.created_at)}${snapshot.created_at_source === "file" ? " (the file's time: the snapshot has none)" : ""}`,
    ],
    ["Checksum", checksumText(report)],
    ["Fingerprint", h("code", {}, snapshot.fingerprint)],
    ["Analyzed", `${timeText(snapshot.analyzed_at)} by rdbscope ${snapshot.tool_version}`],
    ["Sized as", targetText(report)],
    ["Measured error", errorText(report)],
    ["Keys looked at", keysText(report)],
    [
      "Names",
      snapshot.hashed_names
        ? "keyed hashes stand in the place of names (--hash-keys)"
        : "as in the snapshot; unsafe characters as \\xNN, long names cut in the middle",
    ],
  ];
  return section(
    "method",
    "How the numbers were made",
    panel({
      title: "Source and method",
      chart: h(
        "dl",
        { class: "facts" },
        ...facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
      ),
      wide: true,
    }),
  );
}

function checksumText({ snapshot }: SnapshotReport): string {
  const state = snapshot.salvaged
    ? "; salvaged: not everything could be read"
    : snapshot.complete
      ? ""
      : "; incomplete";
  return `${snapshot.checksum}${state}`;
}

function targetText({ target }: SnapshotReport): string {
  const settings =
    target.changed_settings.length === 0 ? "its default settings" : target.changed_settings.join(", ");
  const nearest = target.exact ? "" : ", the nearest profile there is";
  return `${target.profile}${nearest}, with ${target.allocator} and ${settings}`;
}

/** Limits that each profile is held to, against servers' own answers: docs/memory-model.md, "How it is proven". */
function errorText({ target }: SnapshotReport): string {
  if (target.measured === null)
    return "not known: this profile is derived from the server's sources, not measured on one";
  return `compared key by key with what ${target.profile.split("-")[0]} ${target.measured} answered: sizes that are not random are exact in 999 of 1,000 keys or more, all bytes together within 0.3%, used_memory within 2%`;
}

function keysText({ sample, filters, totals }: SnapshotReport): string {
  const only = filters === "" ? "" : `; only keys with ${filters}`;
  if (sample === null)
    return `all ${counted(totals.keys, "key")} of the snapshot${only === "" ? "" : " that are asked for"}${only}`;
  return `a sample: ${thousands(sample.drawn_keys)} of ${counted(sample.drawn_from, "key")} (${humanShare(sample.drawn_keys / sample.drawn_from)}), and all large ones; totals are estimates, ± what they are off at most in 95 of 100 samples${only}`;
}
