import { fileURLToPath } from "node:url";

/** Stands for src/cli/query-program.ts in tests, as built-worker-url.ts does for threads: processes of queries run what was built. */
export const QUERY_PROGRAM = fileURLToPath(
  new URL("../../dist/src/cli/query-process/child.js", import.meta.url),
);
