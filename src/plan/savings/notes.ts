import type { Catalogue } from "../catalogue.ts";
import { humanBytes } from "../../units.ts";
import type { RankedSavings } from "./rank.ts";

/** What savings come to together, and what they do not tell. */
export function savingNotes({ ranked, together, notes }: RankedSavings, catalogue: Catalogue | undefined): string[] {
  if (together === null) return ["nothing was found that would save as much as 0.1% of the data", ...notes];
  const { saved_bytes: saved, month } = together;
  const adding = ranked.filter((one) => one.instead_of === null);
  const money = month === null ? "" : ` and ${month.toLocaleString("en")} ${catalogue!.currency} a month`;
  return [
    adding.length < ranked.length
      ? `savings with a figure under "Not with #" are about the same keys as that one and are not added up with it: the other ${adding.length} together save ${humanBytes(saved)} now${money}`
      : `together they save ${humanBytes(saved)} now${money}`,
    ...(month === null
      ? []
      : ["money saved is of whole machines on demand; by the byte: what the memory is of the price of all"]),
    ...notes,
  ];
}
