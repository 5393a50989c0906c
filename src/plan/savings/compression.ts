import { evidenceOf } from "../../doctor/evidence.ts";
import { thousands } from "../../queries/words.ts";
import type { Saving, SavingKind, SavingsInput } from "./saving.ts";
import type { CompressionTrial } from "./trial.ts";

/** What compresses less is not worth it. */
const LEAST_RATIO = 1.5;

const COST =
  "CPU of clients at each read and write; GETRANGE, APPEND and other languages see compressed bytes";

/** Strings of 1 KB and more, compressed by the client: as was tried, or as the snapshot's LZF does it. */
export const compression: SavingKind = {
  kind: "compression",
  needsRows: false,
  find: ({ scope, trials }) => (trials === undefined ? asStored(scope) : asTried(trials)),
};

function asStored(scope: SavingsInput["scope"]): Saving[] {
  return evidenceOf(scope, ["compressible"])
    .filter(({ payload_bytes: raw, stored_bytes: stored }) => raw >= LEAST_RATIO * stored)
    .map(({ pattern, keys, payload_bytes: raw, stored_bytes: stored, saving_heap_bytes: bytes }) => ({
      kind: "compression",
      what: pattern,
      keys,
      change: [{ pattern, db: null, heap_bytes: bytes, keys: 0, expires: 0 }],
      basis: `estimate: strings of 1K and more at the ${(raw / stored).toFixed(1)} to 1 that LZF reaches in the snapshot, each sized anew`,
      cost: COST,
    }));
}

function asTried(trials: readonly CompressionTrial[]): Saving[] {
  return trials
    .filter(({ best }) => best.ratio >= LEAST_RATIO)
    .map(({ pattern, keys, tried, best, others }) => ({
      kind: "compression",
      what: pattern,
      keys,
      change: [{ pattern, db: null, heap_bytes: Math.round(best.savedBytes), keys: 0, expires: 0 }],
      basis: `${tried === keys ? "" : "estimate: "}${thousands(tried)} of ${thousands(keys)} strings of 1K and more compressed with ${best.codec}, ${best.ratio.toFixed(2)} to 1${others.map(({ codec, ratio }) => ` (${codec} ${ratio.toFixed(2)})`).join("")}, each sized anew${tried === keys ? "" : `; ± ${errorPercent(best)} with 95% confidence`}`,
      cost: COST,
    }));
}

function errorPercent({ savedBytes, error }: CompressionTrial["best"]): string {
  return `${((100 * error) / savedBytes).toFixed(1)}%`;
}
