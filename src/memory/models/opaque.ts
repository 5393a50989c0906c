import type { Part } from "../bill.ts";
import type { Finish, Loader } from "../loader.ts";
import { ENCODING, EXACTNESS } from "../types.ts";

const MODULE: Part = {
  name: "module value, as in the snapshot",
  source: "a lower bound: only the module knows",
};
const UNKNOWN: Part = { name: "contents", source: "a lower bound: this server has no such type" };

/** A module's value: what it takes in the snapshot, as a lower bound; its heap is its own secret. */
export const finishModule: Finish = (stats, _on, bill) => {
  bill.encoding = ENCODING.module;
  bill.exactness = EXACTNESS.lowerBound;
  bill.add(MODULE, 1, stats.moduleBytes, stats.moduleBytes);
};

/** A type the target's server does not know: its payload, as a lower bound. */
function finishUnknown(encoding: number): Finish {
  return (stats, _on, bill) => {
    bill.encoding = encoding;
    bill.exactness = EXACTNESS.lowerBound;
    bill.add(UNKNOWN, 1, stats.payloadBytes, stats.payloadBytes);
  };
}

export const finishUnknownStream: Finish = finishUnknown(ENCODING.stream);

/** Modules, and the types that no server before Redis 8.8 knows. */
export const opaqueTypes: Pick<
  Loader,
  "module" | "array" | "gcra" | "hashTemplateListpack" | "hashTemplateArray"
> = {
  module: finishModule,
  array: finishUnknown(ENCODING.array),
  gcra: finishUnknown(ENCODING.gcra),
  hashTemplateListpack: finishUnknown(ENCODING.listpack),
  hashTemplateArray: finishUnknown(ENCODING.listpack),
};
