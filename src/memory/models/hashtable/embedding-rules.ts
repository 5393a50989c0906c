import { EMBSTR_SIZE_LIMIT } from "../robj.ts";
import { embeddedSdsBytes } from "../sds-usable.ts";
import type { EmbeddingRules } from "./embedded-key.ts";

/**
 * A robj without its pointer, and an SDS_TYPE_8 without its text:
 * createEmbeddedStringObject(), object.c, Valkey 9.1.2.
 */
const LEAST_BYTES_91 = 8 + 4;

/** createStringObjectWithKeyAndExpire(), object.c, Valkey 8.1.1, which takes every key for an SDS_TYPE_5. */
export const embedding81: EmbeddingRules = {
  longest: EMBSTR_SIZE_LIMIT,
  limit: 64,
  keyEstimate: (nameBytes) => nameBytes + 3,
  overPointer: false,
  countsKey: false,
};

/** The same with the key's true size, and MEMORY USAGE counts the key: Valkey 9.0. */
export const embedding90: EmbeddingRules = { ...embedding81, keyEstimate: embeddedSdsBytes, countsKey: true };

/** shouldEmbedStringObject(), object.c, Valkey 9.1.2. */
export const embedding91: EmbeddingRules = {
  longest: 128 - LEAST_BYTES_91,
  limit: 128,
  keyEstimate: embeddedSdsBytes,
  overPointer: true,
  countsKey: true,
};
