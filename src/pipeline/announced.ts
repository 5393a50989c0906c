import type { SnapshotFacts } from "../../parsers/splitter.ts";
import { counted, thousands } from "../queries/words.ts";

/** What the databases that were seen lack of the keys that they announced (RESIZEDB); empty: nothing. */
export function missingKeys({ keys, databases }: SnapshotFacts): string {
  const announced = [...databases.values()].reduce((sum, one) => sum + one.keys, 0);
  if (announced <= keys) return "";
  return `of ${counted(announced, "key")} announced by the databases that were reached ${thousands(keys)} are here`;
}

/** A text, and behind it what `missingKeys` says, if anything. */
export function withMissingKeys(text: string, facts: SnapshotFacts): string {
  const missing = missingKeys(facts);
  return missing === "" ? text : `${text}; ${missing}`;
}
