import { openInventory } from "../../inventory/open.ts";
import { livePage } from "../../report-page/html.ts";
import type { QueryLimits } from "../query-process/protocol.ts";
import { keySearch } from "./keys.ts";
import type { Served } from "./routes.ts";
import { startOf } from "./start.ts";
import { Work } from "./work.ts";

export { makeToken } from "./guard.ts";
export { listen } from "./server.ts";

/** What is served of an inventory. The report is made once: an inventory does not change. */
export async function servedOf(
  file: { readonly path: string; readonly name: string },
  limits: QueryLimits,
  reading: Served["reading"],
): Promise<Served> {
  const work = new Work(file, limits);
  const inventory = openInventory(file.path, file.name);
  try {
    const start = JSON.stringify(startOf(inventory, limits.timeoutMs));
    return { page: await livePage(), start, work, search: keySearch(work, inventory), reading };
  } finally {
    inventory.close();
  }
}
