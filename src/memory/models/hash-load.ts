import { DICT_HT_INITIAL_SIZE, type DictLoad } from "./dict-load.ts";

/**
 * How a hash of `pairs` pairs becomes a dict in the middle of its load: `packed` of them were in a
 * listpack when one came that is too long. What rdbLoadObject(), rdb.c, calls, after
 * hashTypeConvert() has made a dict for those packed.
 */
export type HashLoad = (dict: DictLoad, packed: number, pairs: number) => void;

/**
 * Expanded for the pairs that are left after the one too long. Redis 7.0.15 to 8.4, Valkey 7.2.7 and 8.0.1.
 */
export const expandForLeft: HashLoad = (dict, packed, pairs) => {
  const left = pairs - packed - 1;
  dict.fill(packed);
  dict.insert(1);
  if (left > DICT_HT_INITIAL_SIZE) dict.expand(left);
  dict.insert(left);
};

/** The same before the pair too long goes in, as hashes with field expiries do. Redis 7.4.1 to 8.4. */
export const expandForLeftFirst: HashLoad = (dict, packed, pairs) => {
  dict.fill(packed);
  dict.expand(pairs - packed - 1);
  dict.insert(pairs - packed);
};

/** Expanded for all pairs after the one too long. Redis 8.6.3. */
export const expandForAll: HashLoad = (dict, packed, pairs) => {
  dict.fill(packed);
  dict.insert(1);
  dict.expand(pairs);
  dict.insert(pairs - packed - 1);
};

/** The same before it, as hashes with field expiries do. Redis 8.6.3. */
export const expandForAllFirst: HashLoad = (dict, packed, pairs) => {
  dict.fill(packed);
  dict.expand(pairs);
  dict.insert(pairs - packed);
};
