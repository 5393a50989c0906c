import fs from "node:fs";
import { PLAN_SCHEMAS } from "../src/plan/schemas.ts";

/** Writes the JSON Schemas of plan's files that docs/sizing.md tells editors of. */
for (const [name, schema] of Object.entries(PLAN_SCHEMAS)) {
  const target = new URL(`../docs/plan/${name}.schema.json`, import.meta.url);
  fs.writeFileSync(target, `${JSON.stringify(schema(), null, 2)}\n`);
}
