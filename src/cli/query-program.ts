import { fileURLToPath } from "node:url";

/** Bundled, this file is as deep, but in another folder. */
const CHILD = `../cli/query-process/child${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`;

/** The program of the process that a query runs in. */
export const QUERY_PROGRAM = fileURLToPath(new URL(CHILD, import.meta.url));
