import { counted } from "../queries/words.ts";
import { humanBytes, humanError, humanShare } from "../units.ts";
import { shownName } from "./names.ts";
import type { Paragraph, ReportFinding, SnapshotReport } from "./types.ts";

/** What the opening is written from: all the rest of the report. */
type Facts = Omit<SnapshotReport, "opening">;

const NOUNS = { critical: "critical finding", warning: "warning", info: "remark" } as const;

/** The report in plain words: what holds the memory, what is wrong, what to do first. */
export function openingOf(facts: Facts): Paragraph[] {
  if (facts.totals.keys === 0) return [{ title: "What holds the memory", text: "There are no keys here." }];
  return [
    { title: "What holds the memory", text: sentences(...holding(facts)) },
    { title: "What is wrong", text: sentences(...wrong(facts)) },
    ...first(facts),
  ];
}

function sentences(...texts: readonly (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined && text !== "").join(" ");
}

function holding(facts: Facts): (string | undefined)[] {
  const { totals, snapshot, used_memory: used } = facts;
  const { keys, bytes, bytes_error: error, databases, lower_bound_keys: bounds } = totals;
  const size = `${bounds > 0 ? "at least " : ""}${humanBytes(bytes)}${error ? ` (${humanError(bytes, error)})` : ""}`;
  const place = databases === 1 ? "" : ` in ${counted(databases, "database")}`;
  const about = error === undefined ? "" : "about ";
  return [
    `This snapshot of ${snapshot.server} holds ${about}${counted(keys, "key")}${place} that take ${size} by MEMORY USAGE.`,
    used === null
      ? undefined
      : `A server that loads it has a used_memory of some ${humanBytes(used.estimated_bytes)}.`,
    leaders(facts),
    concentration(facts),
    overhead(facts),
    expiry(facts),
  ];
}

/** The type and the pattern that hold most. */
function leaders({ types, patterns }: Facts): string | undefined {
  const [type] = types.rows;
  const [pattern] = patterns.rows;
  if (type === undefined || pattern === undefined) return undefined;
  const ofType =
    type.bytes_share >= 0.9995
      ? `All of it is of type ${type.name}`
      : `Most of it, ${humanShare(type.bytes_share)}, is of type ${type.name}`;
  if (type.bytes_share < 0.5)
    return sentences(
      `The type with the most of it is ${type.name} (${humanShare(type.bytes_share)}),`,
      `the pattern ${pattern.pattern} (${humanShare(pattern.bytes_share)}, ${counted(pattern.keys, "key")}).`,
    );
  return `${ofType}; the pattern with the most is ${pattern.pattern} (${humanShare(pattern.bytes_share)}, ${counted(pattern.keys, "key")}).`;
}

function concentration({ pareto, totals }: Facts): string | undefined {
  const half = pareto.holders.find(({ bytes_share: share }) => share === 0.5);
  if (half === undefined || half.keys * 20 > totals.keys) return undefined;
  const about = pareto.is_exact && totals.bytes_error === undefined ? "" : "about ";
  return `Few keys hold half of it: ${about}${counted(half.keys, "key")}, ${humanShare(half.keys_share)} of all.`;
}

function overhead({ totals: { bytes, payload_bytes: payload } }: Facts): string | undefined {
  if (payload >= bytes) return undefined;
  return `${humanShare(1 - payload / bytes)} is overhead rather than data.`;
}

function expiry({ totals: { keys, keys_without_ttl: without, expired, expired_bytes: bytes } }: Facts) {
  const lives =
    without === keys ? "No key ever expires." : `${humanShare(without / keys)} of the keys never expire.`;
  return expired === 0
    ? lives
    : `${lives} ${counted(expired, "key")} had expired already and still took ${humanBytes(bytes)}.`;
}

function wrong({ findings, snapshot }: Facts): (string | undefined)[] {
  const { counts, told, looked } = findings;
  const found = (["critical", "warning", "info"] as const).filter((severity) => counts[severity] > 0);
  const damage = damageOf(snapshot);
  if (found.length === 0)
    return [damage, `Nothing, as far as the doctor's ${counted(looked.length, "rule")} can see.`];
  const list = found.map((severity) => counted(counts[severity], NOUNS[severity])).join(", ");
  const worst = told.slice(0, 2).map(({ title }) => title);
  return [
    damage,
    `The doctor has ${list}.`,
    `The ${worst.length > 1 ? "worst are" : "worst is"}: ${worst.join("; ")}.`,
    saving(told),
  ];
}

/** Why the numbers are not to be trusted as others are. */
function damageOf({ salvaged, complete, checksum }: Facts["snapshot"]): string | undefined {
  if (salvaged) return "Beware: the snapshot was damaged, and this is what could be salvaged of it.";
  if (!complete) return "Beware: not all of the snapshot was read.";
  return checksum === "mismatch"
    ? "Beware: the checksum does not match, so bytes of the snapshot were changed."
    : undefined;
}

/** The largest saving that is claimed; savings of several findings may be of the same bytes. */
function saving(told: readonly ReportFinding[]): string | undefined {
  const best = told
    .filter(({ saving_heap_bytes: bytes }) => (bytes ?? 0) > 0)
    .sort((a, b) => b.saving_heap_bytes! - a.saving_heap_bytes!)[0];
  if (best === undefined) return undefined;
  return `The largest saving that can be told is ${best.estimated ? "about " : ""}${humanBytes(best.saving_heap_bytes!)} of used_memory: ${best.title}.`;
}

function first({ findings: { told } }: Facts): Paragraph[] {
  const [worst] = told;
  const advice = worst?.advice[0];
  if (worst === undefined || advice === undefined) return [];
  const about = worst.pattern === null ? "" : `For ${worst.pattern}: `;
  return [{ title: "What to do first", text: `${about}${lowered(advice, about !== "")}` }];
}

function lowered(text: string, isInside: boolean): string {
  return isInside && /^[A-Z][a-z]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text;
}

/** How a report calls a snapshot's server. */
export function serverName(server: string | null, version: string | null): string {
  const parts = [server, version].filter((part): part is string => part !== null && part !== "");
  return parts.length === 0 ? "an unknown server" : shownName(parts.join(" "));
}
