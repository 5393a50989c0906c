import { exactly, type Finish } from "../finished.ts";
import { ENCODING } from "../types.ts";

/** A module's value: what it takes in the snapshot, as a lower bound; its heap is its own secret. */
export const finishModule: Finish = (stats, target, _index, out) => {
  const bytes = target.profile.sizes.robj + stats.moduleBytes;
  exactly(out, ENCODING.module, bytes, bytes);
  out.exactness = 2;
};

/** A type the target's server does not know: its payload, as a lower bound. */
function finishUnknown(encoding: number): Finish {
  return (stats, target, _index, out) => {
    const bytes = target.profile.sizes.robj + stats.payloadBytes;
    exactly(out, encoding, bytes, bytes);
    out.exactness = 2;
  };
}

export const finishArray: Finish = finishUnknown(ENCODING.array);
export const finishGcra: Finish = finishUnknown(ENCODING.gcra);
export const finishTemplate: Finish = finishUnknown(ENCODING.listpack);
