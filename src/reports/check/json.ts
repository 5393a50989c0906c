import type { CheckReport } from "../../check/check.ts";
import { toJson } from "../json.ts";

/** All that a policy said, as one JSON object. */
export function* renderCheckJson(report: CheckReport): Iterable<string> {
  yield toJson(report);
}
