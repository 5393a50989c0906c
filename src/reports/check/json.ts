import type { CheckReport } from "../../check/check.ts";
import { logSafeJson } from "./words.ts";

/** All that a policy said, as one JSON object. */
export function* renderCheckJson(report: CheckReport): Iterable<string> {
  yield logSafeJson(report);
}
