import { Command } from "commander";
import { query } from "../queries/query.ts";
import { type Cli, styleOf, writeParts } from "./io.ts";
import { addInputOptions, addReportOptions, addRunOptions, checkOptions, QUERY_OPTIONS } from "./options.ts";
import { withInventory } from "./target.ts";

/** `rdbscope query FILE SQL` */
export function queryCommand(cli: Cli): Command {
  const command = new Command("query")
    .description("ask SQL of the inventory, read-only (tables and columns: docs/sql.md)")
    .argument("<file>", "a snapshot or an inventory")
    .argument("<sql>", 'one SELECT, such as "SELECT key, bytes FROM keys ORDER BY bytes DESC LIMIT 5"');
  return addReportOptions(addInputOptions(addRunOptions(command))).action(
    async (file: string, sql: string) => {
      const options = checkOptions(QUERY_OPTIONS, command);
      await withInventory(cli, file, options, "all", async (inventory) => {
        const section = { name: "query", title: "", ...query(inventory, sql) };
        const layout = { style: styleOf(cli, options.color), titles: false };
        await writeParts(cli, [{ section, extra: {} }], options.format, layout);
      });
    },
  );
}
