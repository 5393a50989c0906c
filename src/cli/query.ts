import { Command } from "commander";
import type { Inventory } from "../inventory/open.ts";
import { query } from "../queries/query.ts";
import { HASHED_NOTE } from "../queries/scope.ts";
import { snapshots } from "../queries/snapshots.ts";
import { type Cli, layoutOf, warner, writeParts } from "./io.ts";
import { addInputOptions, addReportOptions, addRunOptions, checkOptions, QUERY_OPTIONS } from "./options.ts";
import { withInventory } from "./target.ts";

function mentionsKeys(sql: string): boolean {
  return /\b(?:from|join)\s+(?:keys|key_rows)\b/i.test(sql);
}

function hasNoRows(inventory: Inventory): boolean {
  const all = snapshots(inventory);
  return all.every((one) => one.stored_rows === 0) && all.some((one) => one.keys > 0 && one.filters === "{}");
}

/** `rdbscope query FILE SQL` */
export function queryCommand(cli: Cli): Command {
  const command = new Command("query")
    .description("ask SQL of the inventory, read-only (tables and columns: docs/sql.md)")
    .argument("<file>", "a snapshot or an inventory")
    .argument("<sql>", 'one SELECT, such as "SELECT key, bytes FROM keys ORDER BY bytes DESC LIMIT 5"');
  return addReportOptions(addInputOptions(addRunOptions(command))).action(
    async (file: string, sql: string) => {
      const options = checkOptions(QUERY_OPTIONS, command);
      await withInventory(cli, file, options, { keys: "all" }, async (inventory) => {
        if (mentionsKeys(sql) && hasNoRows(inventory)) {
          warner(cli, options.quiet)(`${file} was made with --keys none: it has no rows in keys`);
        }
        if (mentionsKeys(sql) && snapshots(inventory).some((one) => one.hashed_names !== null)) {
          warner(cli, options.quiet)(HASHED_NOTE);
        }
        const section = { name: "query", title: "", ...query(inventory, sql) };
        await writeParts(cli, [{ section, extra: {} }], options.format, layoutOf(cli, options));
      });
    },
  );
}
