export { RdbError, type RdbErrorCode } from "../parsers/errors.ts";
export { IoError, UsageError } from "./errors.ts";
export { type Inventory, openInventory } from "./inventory/open.ts";
export {
  type AnalyzedSnapshot,
  type AnalyzeOptions,
  type AnalyzeResult,
  analyze,
  type Progress,
} from "./pipeline/analyze.ts";
export type { KeyFilter } from "./pipeline/filter.ts";
export { VERSION } from "./version.ts";
