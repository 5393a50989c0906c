export { RdbError, type RdbErrorCode } from "../parsers/errors.ts";
export type { FailedFile } from "../workers/protocol.ts";
export {
  type Baseline,
  baselineOf,
  type CheckOptions,
  type CheckReport,
  check,
  policyJsonSchema,
  type RuleResult,
  type SnapshotCheck,
  type Violation,
} from "./check/index.ts";
export type {
  ChangedKeyRow,
  ComparedDatabase,
  ComparedPattern,
  ComparedSlots,
  ComparedType,
  EncodingChange,
  HeaviestKeyRow,
} from "./compare/merge.ts";
export { type Diff, type DiffedSide, type DiffOptions, diff, isDifferent } from "./diff/diff.ts";
export type { KeyChange, KeyTotals } from "./diff/key-changes.ts";
export type { PatternChange } from "./diff/pattern-changes.ts";
export type { RenameHint } from "./diff/renames.ts";
export type { GroupChange, TotalChange } from "./diff/rollup-diff.ts";
export { IoError, UsageError } from "./errors.ts";
export { type Inventory, openInventory } from "./inventory/open.ts";
export { VERSION } from "./io/version.ts";
export type { Labels, Metric, Sample as MetricSample } from "./metrics/metric.ts";
export { type MetricsOptions, metrics } from "./metrics/metrics.ts";
export {
  type AnalyzedSnapshot,
  type AnalyzeOptions,
  type AnalyzeResult,
  analyze,
  type KeptRun,
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
export {
  type Plan,
  type PlanData,
  type PlannedScenario,
  type PlanOptions,
  type PlanSource,
  plan,
} from "./plan/index.ts";
export type { QuestionFilters } from "./queries/filters.ts";
export { type ReportOptions, report } from "./report-data/report.ts";
export type { Report, SnapshotReport } from "./report-data/types.ts";
export { reportHtml } from "./report-page/html.ts";
export type { Growth } from "./trend/growth.ts";
export type { Limit } from "./trend/limit.ts";
export {
  type Trend,
  type TrendGroup,
  type TrendOptions,
  type TrendPoint,
  type TrendTotal,
  trend,
} from "./trend/trend.ts";
export type { ValueFormat } from "./values/formats.ts";
