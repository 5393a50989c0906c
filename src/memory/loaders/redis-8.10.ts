import type { Loader } from "../loader.ts";
import { finishTemplateArray, finishTemplateListpack } from "../models/tracked/hash-template.ts";
import { loader88 } from "./redis-8.8.ts";

/** As in 8.8, with hash templates. Derived. */
export const loader810: Loader = {
  ...loader88,
  hashTemplateListpack: finishTemplateListpack,
  hashTemplateArray: finishTemplateArray,
};
