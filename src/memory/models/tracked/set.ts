import { ENCODING } from "../../types.ts";
import { DICT_86 } from "../dict.ts";
import { packedByLength } from "../packed.ts";
import type { PackingSetRules } from "../set.ts";

/** Redis 8.4 and later. Metadata: setDictMetadataBytes(), server.c, 8.6.3. */
export const SET_86: PackingSetRules = {
  intset: packedByLength(ENCODING.intset, {
    name: "intset",
    source: "intsetAllocSize(), intset.c, Redis 8.6.3",
  }),
  listpack: packedByLength(ENCODING.listpack, {
    name: "listpack",
    source: "setTypeAllocSize(), t_set.c, Redis 8.6.3",
  }),
  members: { name: "members (sds)", source: "setTypeAllocSize(), t_set.c, Redis 8.6.3" },
  dict: DICT_86,
  valued: false,
  metadataBytes: 8,
};
