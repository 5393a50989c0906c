import type { Loader } from "../loader.ts";
import { finishStream88 } from "../models/streams/stream.ts";
import { finishSparseArray } from "../models/tracked/sparse-array.ts";
import { loader86 } from "./redis-8.6.ts";

/** As in 8.6, with arrays and larger consumer groups. Derived. */
export const loader88: Loader = { ...loader86, array: finishSparseArray, stream: finishStream88 };
