import type { Comparison } from "../pipeline/compare.ts";
import type { Value } from "../queries/answer.ts";
import type { Group } from "./compare-groups.ts";
import { csvField, rawCsvField } from "./csv.ts";

/** A comparison as CSV in long form, one figure a line: `section,item,target,measure,value`. */
export function* comparisonCsv(one: Comparison, raw: boolean): Iterable<string> {
  const field = raw ? rawCsvField : csvField;
  yield "section,item,target,measure,value";
  for (const [section, item, target, measure, value] of figures(one)) {
    yield [section, field(item), field(target), measure, field(value)].join(",");
  }
}

type Figure = [section: string, item: string | Buffer, target: string, measure: string, value: Value];

function* figures(one: Comparison): Iterable<Figure> {
  const names = one.targets.map(({ name }) => name);
  for (const { name, used_memory: used, settings: _, heaviest_key: heaviest, ...target } of one.targets) {
    for (const [measure, value] of Object.entries({ ...target, ...used })) {
      yield ["targets", "", name, measure, typeof value === "boolean" ? Number(value) : value];
    }
    if (heaviest === null) continue;
    const { key, ...facts } = heaviest;
    for (const [measure, value] of Object.entries(facts)) yield ["heaviest_key", key, name, measure, value];
  }
  for (const { db, keys, expires } of one.databases) {
    yield ["databases", String(db), "", "keys", keys];
    yield ["databases", String(db), "", "expires", expires];
  }
  for (const { type, ...sums } of one.types) yield* groupFigures("types", type, sums, names);
  for (const { pattern, ...sums } of one.patterns) yield* groupFigures("patterns", pattern, sums, names);
  for (const { target, type, from, to, ...sums } of one.encoding_changes) {
    const item = `${type} ${from} -> ${to}`;
    for (const [measure, value] of Object.entries(sums)) {
      yield ["encoding_changes", item, target, measure, value];
    }
  }
  for (const { target, key, ...facts } of one.changed_keys) {
    for (const [measure, value] of Object.entries(facts)) yield ["changed_keys", key, target, measure, value];
  }
}

function* groupFigures(
  section: string,
  item: string,
  { keys, bytes, heap_bytes: heap, lower_bound_keys: floors }: Group,
  names: readonly string[],
): Iterable<Figure> {
  yield [section, item, "", "keys", keys];
  for (const [i, name] of names.entries()) {
    yield [section, item, name, "bytes", bytes[i]!];
    yield [section, item, name, "heap_bytes", heap[i]!];
    if (floors !== undefined) yield [section, item, name, "lower_bound_keys", floors[i]!];
  }
}
