export { RdbError, type RdbErrorCode } from "../parsers/errors.ts";
export type { ChangedKeyRow, ComparedPattern, ComparedType, EncodingChange } from "./compare/merge.ts";
export { IoError, UsageError } from "./errors.ts";
export { type Inventory, openInventory } from "./inventory/open.ts";
export { VERSION } from "./io/version.ts";
export {
  type AnalyzedSnapshot,
  type AnalyzeOptions,
  type AnalyzeResult,
  analyze,
  type Progress,
} from "./pipeline/analyze.ts";
export {
  type ComparedTarget,
  type CompareOptions,
  type Comparison,
  compare,
  type NamedTarget,
} from "./pipeline/compare.ts";
export { type ExplainOptions, explain } from "./pipeline/explain.ts";
export type { ExplainedPart, Explanation } from "./pipeline/explanation.ts";
export { type ExportedValues, type ExportValuesOptions, exportValues } from "./pipeline/export-values.ts";
export type { KeyFilter } from "./pipeline/filter.ts";
export { type FoundValue, type GetOptions, getValue } from "./pipeline/get-value.ts";
export type { Sample, SampledKeys } from "./pipeline/sample.ts";
export type { TargetChoice } from "./pipeline/target-choice.ts";
export type { QuestionFilters } from "./queries/filters.ts";
export { type ReportOptions, report } from "./report-data/report.ts";
export type { Report, SnapshotReport } from "./report-data/types.ts";
export { reportHtml } from "./report-page/html.ts";
export type { ValueFormat } from "./values/formats.ts";
