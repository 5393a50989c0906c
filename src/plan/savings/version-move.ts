import type { SavingKind } from "./saving.ts";

/** The same data on other servers that load the snapshot. */
export const versionMove: SavingKind = {
  kind: "version move",
  needsRows: false,
  find: ({ moves }) =>
    moves.map((data) => ({
      kind: "version move",
      what: data.target.profile,
      keys: data.keys,
      change: data,
      basis: "each key sized for that server, with its own defaults",
      cost: "an upgrade: test clients, modules and commands; no way back for its snapshots where their format is newer",
    })),
};
