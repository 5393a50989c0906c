export { byteString, globToRegExp } from "./glob.ts";
export { Learner } from "./learner.ts";
export { type MergedPatterns, mergePatterns } from "./merge.ts";
export type { PatternModel } from "./model.ts";
export { byteClasses } from "./segments.ts";
export { checkPatternSettings, MAX_DEPTH, type PatternSettings } from "./settings.ts";
export { type PatternExport, PatternTable } from "./table.ts";
