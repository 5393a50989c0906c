import type { Part } from "../bill.ts";
import type { Finish } from "../loader.ts";
import { ENCODING } from "../types.ts";
import { finishStream } from "./stream.ts";

const UNCOUNTED: Part = {
  name: "the stream itself and the rounding of its listpacks, left out by MEMORY USAGE",
  source: "objectComputeSize(), object.c, Redis 6.0.20",
};

/**
 * A stream whose MEMORY USAGE forgets the struct itself and takes listpacks by the length they name. Mirrors
 * objectComputeSize(), object.c, Redis 5.0.14 and 6.0.20. As exact as `finishStream`.
 */
export const finishStreamByLength: Finish = (stats, on, bill) => {
  finishStream(stats, on, bill);
  const { stream } = on.target.profile.sizes;
  bill.add(UNCOUNTED, 1, stats.listpackBytes - on.listpackHeap - stream, 0);
};

/** The same, whose OBJECT ENCODING has no name for a stream. Mirrors strEncoding(), object.c, Redis 5.0.14. */
export const finishUnnamedStream: Finish = (stats, on, bill) => {
  finishStreamByLength(stats, on, bill);
  bill.encoding = ENCODING.unknown;
};
