import fs from "node:fs";
import { policyJsonSchema } from "../src/check/policy.ts";

/** Writes the JSON Schema of policies that docs/policy.md tells editors of. */
const target = new URL("../docs/policy.schema.json", import.meta.url);
fs.writeFileSync(target, `${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
