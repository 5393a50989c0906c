import type { Loader } from "../loader.ts";
import { finishNoValueSet } from "../models/listpack-era/no-value-dict.ts";
import { SET_72 } from "../models/listpack-era/set.ts";
import { setLayouts } from "../models/loading/set.ts";
import { loader72 } from "./redis-7.2.ts";

/** What rdbLoadObject(), rdb.c, Valkey 8.0.1, makes of each layout. */
export const loaderValkey80: Loader = {
  ...loader72,
  ...setLayouts({ intset: SET_72.intset, listpack: SET_72.listpack, table: finishNoValueSet }),
};
