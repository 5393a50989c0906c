import type { Report } from "../src/report-data/types.ts";
import { mountReport } from "./shell.ts";

/** The report that the page carries. */
const data = document.getElementById("report-data")?.textContent ?? "";
mountReport(document.getElementById("report")!, JSON.parse(data) as Report);

/** Paper shows all of the findings that are listed. */
addEventListener("beforeprint", () => {
  for (const one of document.querySelectorAll<HTMLDetailsElement>(".finding details")) one.open = true;
});
