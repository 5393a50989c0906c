import { type BigKeyRow, bigkeys } from "../../queries/bigkeys.ts";
import { counted } from "../../queries/words.ts";
import { humanBytes } from "../../units.ts";
import { bigKeyAdvice } from "../advice.ts";
import { keyText } from "../key-text.ts";
import { finding, rule, type Severity } from "../rule.ts";

/** Keys looked at by each ranking: as many as every inventory ranks. */
const LOOKED_AT = 100;

/** Single keys that block the server when they are read, deleted or moved. */
export const bigKeys = rule({
  id: "big-keys",
  looksFor: "keys so big that reading, deleting or moving one blocks the server",
  needs: [],
  thresholds: {
    bytes: 1024 ** 2,
    dangerous_bytes: 10 * 1024 ** 2,
    elements: 10_000,
    dangerous_elements: 100_000,
    stream_entries: 100_000,
    dangerous_stream_entries: 1_000_000,
  },
  find(scope, t) {
    const found = new Map<number, BigKeyRow>();
    for (const ranking of ["bytes", "elements"] as const) {
      for (const key of bigkeys(scope, LOOKED_AT, ranking)) found.set(key.record_offset, key);
    }
    return [...found.values()]
      .map((key) => ({ key, severity: severityOf(key, t) }))
      .filter((one): one is { key: BigKeyRow; severity: Severity } => one.severity !== undefined)
      .sort((a, b) => b.key.bytes - a.key.bytes)
      .map(({ key, severity }) => told(key, severity));
  },
});

type Limits = Readonly<
  Record<
    | "bytes"
    | "dangerous_bytes"
    | "elements"
    | "dangerous_elements"
    | "stream_entries"
    | "dangerous_stream_entries",
    number
  >
>;

function severityOf({ type, bytes, elements }: BigKeyRow, t: Limits): Severity | undefined {
  const count = elements ?? 0;
  const [many, tooMany] =
    type === "stream" ? [t.stream_entries, t.dangerous_stream_entries] : [t.elements, t.dangerous_elements];
  if (bytes > t.dangerous_bytes || count > tooMany) return "critical";
  return bytes > t.bytes || count > many ? "warning" : undefined;
}

function told(row: BigKeyRow, severity: Severity) {
  const { key, db, type, encoding, bytes, elements, largest_element_bytes: largest } = row;
  const many =
    elements === null ? "" : ` in ${counted(elements, "element")}, the largest of ${humanBytes(largest)}`;
  return finding({
    severity,
    title: `${keyText(key)}: a ${type} of ${humanBytes(bytes)}${elements === null ? "" : `, ${counted(elements, "element")}`}`,
    evidence: [`Database ${db}, pattern ${row.pattern}, ${encoding}: ${humanBytes(bytes)}${many}.`],
    figures: { db, type, encoding, bytes, elements, largest_element_bytes: largest },
    examples: [key],
    advice: [
      ...bigKeyAdvice(type),
      "When it has to go: UNLINK, not DEL. Read it with SCAN-like commands or ranges, never whole.",
    ],
  });
}
