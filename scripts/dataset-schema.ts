import fs from "node:fs";
import { z } from "zod";
import { MANIFEST } from "../src/dataset/manifest.ts";

/** Writes `docs/manifest.schema.json`, the JSON Schema of the `_manifest.json` of a dataset's partition. */
const file = new URL("../docs/manifest.schema.json", import.meta.url);
fs.writeFileSync(file, `${JSON.stringify(z.toJSONSchema(MANIFEST), null, 2)}\n`);
