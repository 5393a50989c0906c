/** DICT_HT_INITIAL_SIZE, dict.h, Redis 7.2.6. */
const DICT_HT_INITIAL_SIZE = 4;

/** Buckets of a table expanded for `size` entries. Mirrors _dictNextExp(), dict.c, Redis 7.2.6. Exact. */
export function dictNextSize(size: number): number {
  let buckets = DICT_HT_INITIAL_SIZE;
  while (buckets < size) buckets *= 2;
  return buckets;
}

/** Buckets expected not to be empty after `entries` random insertions into `buckets`. */
export function occupiedBuckets(buckets: number, entries: number): number {
  return -buckets * Math.expm1(entries * Math.log1p(-1 / buckets));
}

/** Bucket arrays of a dict: the second is 0 unless it is being rehashed. `random` when chance decides about that. */
export interface DictTables {
  first: number;
  second: number;
  random: boolean;
}

/**
 * Bucket arrays of a hash that became a hash table in the middle of its load: `packed` pairs were already in a
 * listpack when a pair too large came; `pairs` in all. A growing table moves one bucket at each later
 * insertion, so the load may end before the move does; how many buckets there are to move is random (hash seed)
 * and the expected number is taken. Mirrors rdbLoadObject(), rdb.c, and dictExpand(), dictRehash(),
 * _dictExpandIfNeeded(), dict.c, Redis 7.2.6. The likeliest state: exact unless `random`.
 */
export function hashLoadTables(packed: number, pairs: number, out: DictTables): void {
  let buckets = dictNextSize(packed);
  let target = 0;
  let toMove = 0;
  let spread = 0;
  let idle = 0;
  let moved = 0;
  let used = packed + 1;
  const left = pairs - used;
  if (packed >= buckets) {
    target = dictNextSize(used);
    toMove = bucketsToMove(buckets, packed);
    spread = moveSpread(buckets);
  } else if (left > DICT_HT_INITIAL_SIZE && used <= left && dictNextSize(left) !== buckets) {
    target = dictNextSize(left);
    toMove = bucketsToMove(buckets, used);
    spread = used === 1 ? 0 : moveSpread(buckets);
  }
  for (; used < pairs; used++) {
    if (target === 0) idle++;
    else {
      moved++;
      if (--toMove === 0) {
        buckets = target;
        target = 0;
        idle = 0;
      }
    }
    if (target === 0 && used >= buckets) {
      target = dictNextSize(used + 1);
      toMove = bucketsToMove(buckets, used);
      spread = moveSpread(buckets);
      moved = 0;
    }
  }
  out.first = buckets;
  out.second = target;
  out.random = spread > 0 && (target !== 0 ? moved > 0 && toMove <= spread : idle < spread);
}

function bucketsToMove(buckets: number, used: number): number {
  return Math.max(1, Math.round(occupiedBuckets(buckets, used)));
}

/** About three standard deviations of the number of buckets that are not empty. */
function moveSpread(buckets: number): number {
  return 1 + Math.ceil(Math.sqrt(buckets));
}
