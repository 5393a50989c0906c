import type { Explanation } from "../pipeline/explanation.ts";
import { column, type Row, type Section } from "../queries/answer.ts";
import type { Part } from "./index.ts";
import { sizedAs } from "./target.ts";
import { humanCount, humanTime } from "./units.ts";

const PARTS = [
  column("part", "Part", "text"),
  column("count", "Count", "count"),
  column("bytes", "Bytes", "count", { sum: true, atLeast: "lower_bound" }),
  column("heap_bytes", "Heap", "count", { sum: true, atLeast: "lower_bound" }),
];
/** The end of a source: ", Redis 7.2.6". */
const VERSION = /, (?:Redis|Valkey) [\d.]+$/;
const FACTS = [column("fact", "Fact", "text"), column("value", "Value", "key")];

/** What tables and Markdown show of one key: what it is, then its parts. */
export function explanationSections(one: Explanation): Part[] {
  const facts: Section = { name: "explain", title: "Key", columns: FACTS, rows: factsOf(one) };
  return [facts, shownPartsOf(one)].map((section) => ({ section, extra: {} }));
}

/** The parts alone, for formats whose rows have one shape: each begins with where the key is. */
export function explanationParts(one: Explanation): Part {
  const { path, db, key, type, encoding, profile, profile_measured, allocator, accuracy } = one;
  const { min_bytes, max_bytes } = one;
  const extra = { path, db, key, type, encoding, profile, profile_measured, allocator, accuracy };
  return { section: partsOf(one), extra: { ...extra, min_bytes, max_bytes } };
}

/** Whether the key takes no less than what is told of it. */
function isLowerBound(accuracy: string): boolean {
  return accuracy === "damaged" || accuracy === "lower bound";
}

/** What machines are told of the parts. */
function partsOf({ parts, accuracy }: Explanation): Section {
  return {
    name: "parts",
    title: "Where its bytes go",
    columns: [...PARTS, column("source", "Source", "text")],
    rows: parts.map((part) => ({ ...part })),
    total: { lower_bound: Number(isLowerBound(accuracy)) },
  };
}

/** The version that most sources end with stands over them; others keep their own. */
function shownPartsOf(one: Explanation): Section {
  const section = partsOf(one);
  const versions = one.parts.flatMap(({ source }) => VERSION.exec(source)?.[0] ?? []);
  const count = (version: string) => versions.filter((other) => other === version).length;
  const [version] = [...new Set(versions)].sort((a, b) => count(b) - count(a));
  if (version === undefined) return section;
  const rows = one.parts.map((part) => ({
    ...part,
    source: part.source.endsWith(version) ? part.source.slice(0, -version.length) : part.source,
  }));
  const source = column("source", `Source in ${version.slice(2)}`, "text");
  return { ...section, columns: [...PARTS, source], rows };
}

function factsOf(one: Explanation): Row[] {
  const { type, encoding, accuracy, bytes, min_bytes: min, max_bytes: max } = one;
  const band = `${humanCount(min)} to ${humanCount(max)} in 98 of 100 loads`;
  const floor = isLowerBound(accuracy) ? "≥" : "";
  const expiry = one.expires_at === null ? "never" : `${humanTime(one.expires_at)} UTC`;
  const facts: [string, string | Buffer | null][] = [
    ["key", one.key],
    ["database", String(one.db)],
    ["type", type === encoding ? type : `${type}, ${encoding}`],
    ["elements", one.elements === null ? null : humanCount(one.elements)],
    ["expires", one.expired ? `${expiry}: before the snapshot was made` : expiry],
    ["pattern", one.pattern],
    [
      "MEMORY USAGE",
      `${floor}${humanCount(bytes)} bytes, ${min === max ? accuracy : `${accuracy}: ${band}`}`,
    ],
    ["heap", `${floor}${humanCount(one.heap_bytes)} bytes`],
    [
      "payload",
      `${humanCount(one.payload_bytes)} bytes: its name and ${one.elements === null ? "value" : "elements"}`,
    ],
    ["in the snapshot", `${humanCount(one.serialized_bytes)} bytes at byte ${humanCount(one.record_offset)}`],
    ["sized as", `${sizedAs(one.profile, one.profile_measured === 1)} with ${one.allocator}`],
    ["snapshot", one.path],
  ];
  return facts.filter(([, value]) => value !== null).map(([fact, value]) => ({ fact, value }));
}
