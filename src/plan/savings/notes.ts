import { humanBytes } from "../../units.ts";
import type { Catalogue } from "../catalogue.ts";
import type { RankedSavings, Worth } from "./rank.ts";
import { isMove } from "./saving.ts";

/** What savings come to together, and what they do not tell. */
export function savingNotes(
  { ranked, together, notes }: RankedSavings,
  catalogue: Catalogue | undefined,
): string[] {
  if (ranked.length === 0) return ["nothing was found that would save as much as 0.1% of the data", ...notes];
  const isPriced = ranked[0]!.month !== null;
  const isSame = ranked.some((one) => one.instead_of !== null);
  return [
    ...(together === null ? [] : [togetherNote(ranked, together, catalogue)]),
    ...(isSame
      ? ["savings that are about the same keys as one above exclude that one, and are not added up"]
      : []),
    ...(ranked.some(isMove)
      ? [
          "what another server saves is not added up: plan for that server (--profiles) to see what is left to save there",
        ]
      : []),
    ...(isPriced
      ? [
          "money saved is of whole machines on demand; by the byte: what the memory is of the price of all of them",
        ]
      : []),
    ...notes,
  ];
}

function togetherNote(
  ranked: RankedSavings["ranked"],
  { saved_bytes: saved, month }: Worth,
  catalogue: Catalogue | undefined,
): string {
  const adding = ranked.filter((one) => one.adds_up).length;
  const money = month === null ? "" : ` and ${month.toLocaleString("en")} ${catalogue!.currency} a month`;
  return `savings that add up (${adding}) save ${humanBytes(saved)} now together${money}: an estimate, planned anew for all of them at once`;
}
