import type { Report } from "../src/report-data/types.ts";
import { mountReport } from "./shell.ts";

/** The report that the page carries. */
const data = document.getElementById("report-data")?.textContent ?? "";
mountReport(document.getElementById("report")!, JSON.parse(data) as Report, {
  sections: [],
  brand: "rdbscope memory report",
  footer: "this file asks no host for anything.",
});
