import type { Part } from "../../bill.ts";
import type { Finish } from "../../loader.ts";
import { ENCODING, EXACTNESS } from "../../types.ts";

/**
 * sizeof(hashTemplateArray) in 8.10.0: a template's id and the number of fields, server.h, redis/redis#15364.
 */
const TEMPLATE_ARRAY_BYTES = 16;
const POINTER_BYTES = 8;
/** Header and terminator of a short sds. */
const SDS_OVERHEAD = 2;

const LISTPACK: Part = {
  name: "listpack of values",
  source: "a lower bound, without a share of the template: hashTypeAllocSize(), t_hash.c, redis/redis#15364",
};
const ARRAY: Part = {
  name: "array of values (sds)",
  source: "a lower bound, without a share of the template: hashTypeAllocSize(), t_hash.c, redis/redis#15364",
};

/** A hash whose values are a listpack and whose names stand in a template. A lower bound. */
export const finishTemplateListpack: Finish = (stats, { target }, bill) => {
  bill.encoding = ENCODING["template-listpack"];
  bill.exactness = EXACTNESS.lowerBound;
  bill.add(LISTPACK, 1, stats.blobBytes, target.allocator.goodSize(stats.blobBytes));
};

/** The same with an array of values. A lower bound: longer values have longer headers. */
export const finishTemplateArray: Finish = (stats, { target }, bill) => {
  const values = stats.payloadBytes - stats.templateNameBytes + SDS_OVERHEAD * stats.reported;
  const array = TEMPLATE_ARRAY_BYTES + POINTER_BYTES * stats.reported;
  bill.encoding = ENCODING["template-array"];
  bill.exactness = EXACTNESS.lowerBound;
  bill.add(ARRAY, stats.reported, array + values, target.allocator.goodSize(array) + values);
};
