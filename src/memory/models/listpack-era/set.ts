import { ENCODING } from "../../types.ts";
import { DICT_72 } from "../dict.ts";
import { packedByHeap } from "../packed.ts";
import type { PackingSetRules } from "../set.ts";

/** Redis 7.2 to 8.2, Valkey 7.2 and 8.0: a dict without values. */
export const SET_72: PackingSetRules = {
  intset: packedByHeap(ENCODING.intset, { name: "intset", source: "intsetResize(), intset.c, Redis 7.2.6" }),
  listpack: packedByHeap(ENCODING.listpack, {
    name: "listpack",
    source: "setTypeConvertAndExpand(), t_set.c, Redis 7.2.6",
  }),
  members: { name: "members (sds)", source: "rdbLoadObject(), rdb.c, Redis 7.2.6" },
  dict: DICT_72,
  valued: false,
  metadataBytes: 0,
};
