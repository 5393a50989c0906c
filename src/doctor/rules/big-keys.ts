import { counted } from "../../queries/words.ts";
import { humanBytes } from "../../units.ts";
import { bigKeyAdvice, readAdvice } from "../advice.ts";
import { costText } from "../cost.ts";
import { keyText } from "../key-text.ts";
import { bigKeysOf, costOf, type SizedBigKey } from "../largest.ts";
import { finding, rule, type Severity } from "../rule.ts";

/** Single keys that block the server when they are read, deleted or moved. */
export const bigKeys = rule({
  id: "big-keys",
  looksFor: "keys so big that reading, deleting or moving one blocks the server",
  needs: [],
  isExact: true,
  thresholds: {
    bytes: 1024 ** 2,
    dangerous_bytes: 10 * 1024 ** 2,
    elements: 10_000,
    dangerous_elements: 100_000,
    stream_entries: 100_000,
    dangerous_stream_entries: 1_000_000,
  },
  find(scope, t) {
    const found = new Map<number, SizedBigKey>();
    for (const ranking of ["bytes", "elements"] as const) {
      for (const key of bigKeysOf(scope, ranking)) found.set(key.record_offset, key);
    }
    return [...found.values()]
      .map((key) => ({ key, severity: severityOf(key, t) }))
      .filter((one): one is { key: SizedBigKey; severity: Severity } => one.severity !== undefined)
      .sort((a, b) => costOf(b.key) - costOf(a.key))
      .map(({ key, severity }) => told(key, severity, t));
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

/** Elements from which on a key of a type is big, and dangerous. */
function elementLimits(type: string, t: Limits): readonly [many: number, tooMany: number] {
  return type === "stream"
    ? [t.stream_entries, t.dangerous_stream_entries]
    : [t.elements, t.dangerous_elements];
}

/** What limits of bytes are held against: of a string its value, which is what is read and sent; of all else what it costs. */
function limitedBytes(row: SizedBigKey): number {
  return row.type === "string" ? row.largest_element_bytes : costOf(row);
}

function severityOf(row: SizedBigKey, t: Limits): Severity | undefined {
  const bytes = limitedBytes(row);
  const count = row.elements ?? 0;
  const [many, tooMany] = elementLimits(row.type, t);
  if (bytes > t.dangerous_bytes || count > tooMany) return "critical";
  return bytes > t.bytes || count > many ? "warning" : undefined;
}

function told(row: SizedBigKey, severity: Severity, t: Limits) {
  const { key, db, type, encoding, bytes, heap_bytes: heap, elements, largest_element_bytes: largest } = row;
  const least = row.lower_bound === 1 ? "at least " : "";
  const many =
    elements === null ? "" : ` in ${counted(elements, "element")}, the longest of ${humanBytes(largest)}`;
  return finding({
    severity,
    title: `${keyText(key)}: a ${type} of ${least}${humanBytes(limitedBytes(row))}${elements === null ? "" : `, ${counted(elements, "element")}`}`,
    evidence: [
      `Database ${db}, pattern ${row.pattern}, ${encoding}: ${least}${costText(heap, bytes)}${many}.`,
    ],
    figures: { db, type, encoding, bytes, heap_bytes: heap, elements, largest_element_bytes: largest },
    examples: [key],
    advice: [
      ...bigKeyAdvice(
        { ...row, bytes: costOf(row) },
        { bytes: t.bytes, elements: elementLimits(type, t)[0] },
      ),
      `When it has to go: UNLINK, not DEL.${readAdvice(type)}`,
    ],
  });
}
