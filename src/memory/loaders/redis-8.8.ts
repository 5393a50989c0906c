import type { Loader } from "../loader.ts";
import { finishSparseArray } from "../models/tracked/sparse-array.ts";
import { loader86 } from "./redis-8.6.ts";

/** As in 8.6, with arrays. Derived. */
export const loader88: Loader = { ...loader86, array: finishSparseArray };
