import { evidenceOf } from "../../doctor/evidence.ts";
import type { SavingKind } from "./saving.ts";

/** What compresses less is not worth it. */
const LEAST_RATIO = 1.5;

/** Strings of 1 KB and more, compressed by the client as the snapshot's LZF does it. */
export const compression: SavingKind = {
  kind: "compression",
  needsRows: false,
  find: ({ scope }) =>
    evidenceOf(scope, ["compressible"])
      .filter(({ payload_bytes: raw, stored_bytes: stored }) => raw >= LEAST_RATIO * stored)
      .map(({ pattern, keys, payload_bytes: raw, stored_bytes: stored, saving_heap_bytes: bytes }) => ({
        kind: "compression",
        what: pattern,
        keys,
        change: [{ pattern, db: null, heap_bytes: bytes, keys: 0, expires: 0 }],
        basis: `estimate: strings of 1K and more at the ${(raw / stored).toFixed(1)} to 1 that LZF reaches in the snapshot, each sized anew`,
        cost: "CPU of clients at each read and write; GETRANGE, APPEND and other languages see compressed bytes",
      })),
};
