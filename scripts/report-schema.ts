import fs from "node:fs";
import { z } from "zod";
import { REPORT } from "../src/report-data/schema.ts";

/** Writes `docs/report.schema.json`, the JSON Schema of what `report --format json` writes. */
const file = new URL("../docs/report.schema.json", import.meta.url);
fs.writeFileSync(file, `${JSON.stringify(z.toJSONSchema(REPORT), null, 2)}\n`);
