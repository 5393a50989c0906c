import { Command } from "commander";
import * as z from "zod";
import { UsageError } from "../errors.ts";
import { DOCUMENTED, type Documented } from "../inventory/documentation/index.ts";
import { type Inventory, openInventory } from "../inventory/open.ts";
import { SCHEMA_SQL, SCHEMA_VERSION } from "../inventory/schema.ts";
import { nearName } from "../near-names.ts";
import { renderSchema, schemaParts } from "../reports/schema.ts";
import { type Cli, layoutOf, warner, writeLines, writeParts } from "./io.ts";
import { addReportOptions, checkOptions, REPORT_OPTIONS } from "./options.ts";

const OPTIONS = z.object({
  ...REPORT_OPTIONS.shape,
  table: z.string().min(1).optional(),
  sql: z.boolean().optional(),
});

/** `rdbscope schema [FILE]` */
export function schemaCommand(cli: Cli): Command {
  const command = new Command("schema")
    .description("tables, views and columns of an inventory, and what they mean")
    .argument("[file]", "an inventory, to be told what was added to it (default: what every inventory has)")
    .option("--table <name>", "only this table or view")
    .option("--sql", "the statements that make them, as SQLite has them");
  return addReportOptions(command).action(async (file: string | undefined) => {
    const options = checkOptions(OPTIONS, command);
    const relations = options.table === undefined ? DOCUMENTED : [documentedRelation(options.table)];
    const added = file === undefined ? [] : addedIn(file);
    if (options.sql) {
      if (options.format !== "table") throw new UsageError("--sql is SQL, whatever --format says");
      await writeLines(
        cli,
        statements(options.table).map((sql) => `${sql};`),
      );
      return;
    }
    const layout = layoutOf(cli, options);
    if (options.format === "table") await writeLines(cli, renderSchema(relations, layout));
    else await writeParts(cli, schemaParts(relations), options.format, layout);
    if (added.length > 0) warner(cli, options.quiet)(`${file} has more than that: ${added.join(", ")}`);
  });
}

/** What is known of a table or view. @throws {UsageError} when no inventory has it */
export function documentedRelation(name: string): Documented {
  const names = DOCUMENTED.map((one) => one.name);
  const found = DOCUMENTED.find((one) => one.name === name.toLowerCase());
  if (found !== undefined) return found;
  const near = nearName(name, names);
  throw new UsageError(
    `there is no table or view ${name}${near ? `: is it ${near}?` : `; there are ${names.join(", ")}`}`,
  );
}

/** The statements that make everything, or one table or view, behind the version. */
function statements(name: string | undefined): string[] {
  const all = SCHEMA_SQL.split(";").map((sql) => sql.trim());
  const wanted = all.filter(
    (sql) => sql !== "" && (name === undefined || sql.split(" ")[2] === name.toLowerCase()),
  );
  return [...(name === undefined ? [`PRAGMA user_version = ${SCHEMA_VERSION}`] : []), ...wanted];
}

/** Indexes, tables and views that an inventory has besides its own. @throws {UsageError} when it is none */
function addedIn(file: string): string[] {
  const inventory = openInventory(file);
  try {
    return added(inventory);
  } finally {
    inventory.close();
  }
}

function added(inventory: Inventory): string[] {
  const known = new Set(DOCUMENTED.map((one) => one.name));
  const rows = inventory.all<{ type: string; name: string }>(
    "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY type, name",
  );
  return rows.filter(({ name }) => !known.has(name)).map(({ type, name }) => `${type} ${name}`);
}
