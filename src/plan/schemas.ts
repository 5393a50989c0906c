import { catalogueJsonSchema } from "./catalogue.ts";
import { modelJsonSchema } from "./model.ts";
import { scenarioJsonSchema } from "./scenario.ts";

/** JSON Schema (draft 7) of each kind of file that plan reads, as docs/plan/NAME.schema.json. */
export const PLAN_SCHEMAS = {
  scenario: scenarioJsonSchema,
  catalogue: catalogueJsonSchema,
  model: modelJsonSchema,
} as const;
