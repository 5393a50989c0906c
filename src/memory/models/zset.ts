import { addSampled, exactly, type Finish, type Finished } from "../finished.ts";
import type { ValueStats } from "../stats.ts";
import type { Target } from "../target.ts";
import { ENCODING } from "../types.ts";
import { dictNextSize } from "./dict.ts";
import { LP_EMPTY_BYTES } from "./listpack.ts";
import { finishPacked } from "./packed.ts";
import { ZSKIPLIST_MAXLEVEL, zslNodeRequestBytes } from "./skiplist.ts";

/** A zset saved member by member: loaded as a skiplist, then packed when small. rdbLoadObject(), rdb.c, Redis 7.2.6. */
export const finishZset: Finish = (stats, target, index, out) => {
  const { config } = target;
  const fits =
    stats.reported <= config.zsetMaxListpackEntries && stats.largestBytes <= config.zsetMaxListpackValue;
  if (fits) finishPacked(ENCODING.listpack, LP_EMPTY_BYTES + stats.entryBytes, target, out);
  else finishSkiplist(stats, stats.reported, target, index, out);
};

/** A zset from a ziplist, written anew as a listpack. Mirrors rdbLoadObject(), rdb.c, Redis 7.2.6. Exact when packed. */
export const finishZsetZiplist: Finish = (stats, target, index, out) => {
  const members = stats.reported / 2;
  if (members > target.config.zsetMaxListpackEntries) finishSkiplist(stats, members, target, index, out);
  else finishPacked(ENCODING.listpack, LP_EMPTY_BYTES + stats.entryBytes, target, out);
};

/** A zset from a listpack blob. Mirrors rdbLoadObject(), rdb.c, Redis 7.2.6. Exact when packed. */
export const finishZsetListpack: Finish = (stats, target, index, out) => {
  const members = stats.reported / 2;
  if (members > target.config.zsetMaxListpackEntries) finishSkiplist(stats, members, target, index, out);
  else finishPacked(ENCODING.listpack, stats.blobBytes, target, out);
};

/**
 * A zset as skiplist and dict. Node levels are random: an expectation, with a band of four standard deviations.
 * Mirrors objectComputeSize(), object.c, Redis 7.2.6.
 */
function finishSkiplist(
  stats: ValueStats,
  members: number,
  target: Target,
  index: number,
  out: Finished,
): void {
  const { allocator, profile, zslNode } = target;
  const { robj, zset, zskiplist, dict, dictEntry } = profile.sizes;
  const buckets = dictNextSize(members);
  const header = allocator.goodSize(zslNodeRequestBytes(profile.sizes, ZSKIPLIST_MAXLEVEL));
  const nodes = Math.round(members * zslNode.mean) + (stats.sdsBytes[index] as number);
  exactly(
    out,
    ENCODING.skiplist,
    addSampled(
      robj + zset + zskiplist + dict + 8 * buckets + header,
      nodes + members * dictEntry,
      members,
      members,
    ),
    allocator.goodSize(robj) +
      allocator.goodSize(zset) +
      allocator.goodSize(zskiplist) +
      allocator.goodSize(dict) +
      allocator.goodSize(8 * buckets) +
      header +
      nodes +
      members * allocator.goodSize(dictEntry),
  );
  out.exactness = 1;
  out.bandBytes = Math.ceil(4 * Math.sqrt(members * zslNode.variance));
}
