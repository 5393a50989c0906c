export { byteString, globToRegExp } from "./glob.ts";
export { type MergedPatterns, mergePatterns } from "./merge.ts";
export { type PatternExport, PatternTable } from "./table.ts";
