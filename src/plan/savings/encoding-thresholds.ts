import { evidenceOf } from "../../doctor/evidence.ts";
import { packing, settingOf } from "../../doctor/settings.ts";
import { RAISABLE_NAMES } from "../../memory/index.ts";
import type { SavingKind } from "./saving.ts";

const INTSET = "set-max-intset-entries";

/** Limits up to which values are packed, raised: one for each setting that would pack more. */
export const encodingThresholds: SavingKind = {
  kind: "encoding threshold",
  needsRows: false,
  find: ({ scope }) =>
    RAISABLE_NAMES.flatMap((name) => {
      const rows = evidenceOf(scope, [name]);
      const [first] = rows;
      if (first === undefined) return [];
      const { directive } = settingOf(scope, name);
      const cost =
        name === INTSET
          ? "CPU of writes: SADD moves half of an intset on average; reads are a binary search"
          : `CPU: commands walk over a ${packing(scope)}, twice as long at most; values that are there change when they are loaded (restart, failover)`;
      return {
        kind: "encoding threshold",
        what: `${directive} ${first.raised_to}`,
        keys: rows.reduce((sum, { keys }) => sum + keys, 0),
        change: rows.map(({ pattern, saving_heap_bytes: bytes }) => ({
          ...{ pattern, db: null, keys: 0, expires: 0 },
          heap_bytes: bytes,
        })),
        basis: "each value sized with the setting raised",
        cost,
      };
    }),
};
