import type { Part } from "../../bill.ts";
import type { Finish } from "../../loader.ts";
import { ENCODING, EXACTNESS } from "../../types.ts";

/** sizeof(redisArray), sizeof(arSlice), sparsearray.h, redis/redis#15162. */
const REDIS_ARRAY_BYTES = 80;
const SLICE_BYTES = 32;
/** A tagged value, and an entry of the directory. */
const POINTER_BYTES = 8;

const ARRAY: Part = { name: "redisArray", source: "arNew(), sparsearray.c, redis/redis#15162" };
const VALUES: Part = {
  name: "a slice with the tagged values",
  source: "a lower bound: arSliceDenseNew(), sparsearray.c, redis/redis#15162",
};

/**
 * An array: its header, one directory entry and one slice that holds nothing but the
 * values. A lower bound: the number of slices and their slack depend on the indices, and
 * strings of 8 bytes or more have allocations of their own.
 */
export const finishSparseArray: Finish = (stats, { target }, bill) => {
  const { goodSize } = target.allocator;
  const values = goodSize(POINTER_BYTES) + goodSize(SLICE_BYTES + POINTER_BYTES * stats.reported);
  bill.encoding = ENCODING.array;
  bill.exactness = EXACTNESS.lowerBound;
  bill.add(ARRAY, 1, goodSize(REDIS_ARRAY_BYTES), goodSize(REDIS_ARRAY_BYTES));
  bill.add(VALUES, stats.reported, values, values);
};
