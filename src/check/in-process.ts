import type { Inventory } from "../inventory/open.ts";
import { query } from "../queries/query.ts";
import type { AskSql } from "./rule.ts";

/** Asks SQL of an open inventory in this thread, however long that takes: for those who trust who wrote it. */
export function askInventory(inventory: Inventory): AskSql {
  return async (sql, params, onRow) => {
    for (const row of query(inventory, { sql, params }).rows) onRow(row);
  };
}
