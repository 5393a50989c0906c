/** What TYPE answers; `keys.type` in an inventory. The index of a name is used on the hot path. */
export const TYPES = ["string", "list", "set", "zset", "hash", "stream", "array", "module", "gcra"] as const;

/** What OBJECT ENCODING answers, over all servers. The index of a name is used on the hot path. */
export const ENCODINGS = [
  "int",
  "embstr",
  "raw",
  "listpack",
  "quicklist",
  "intset",
  "hashtable",
  "skiplist",
  "stream",
  "ziplist",
  "listpackex",
  "module",
  "array",
  "gcra",
  "unknown",
  "template-listpack",
  "template-array",
] as const;

export type TypeName = (typeof TYPES)[number];

/** Index of each type name in `TYPES`. */
export const TYPE = indexOf(TYPES);
/** Index of each encoding name in `ENCODINGS`. */
export const ENCODING = indexOf(ENCODINGS);

/** How far a size can be trusted: to the byte, an expectation of something random, or no less than. */
export const EXACTNESS = { exact: 0, expectation: 1, lowerBound: 2 } as const;

function indexOf<T extends string>(names: readonly T[]): Readonly<Record<T, number>> {
  return Object.fromEntries(names.map((name, index) => [name, index])) as Record<T, number>;
}
