import { RecordReader } from "../../parsers/records.ts";
import { ExplainedRecord, type Explanation } from "./explanation.ts";
import { findKey, type KeyOptions, type SearchedSnapshot } from "./find-key.ts";
import { originOf } from "./origin.ts";
import { checkChoice, specOf, specOfStored, type TargetChoice } from "./target-choice.ts";
import { windowBytesFor } from "./windows.ts";

export interface ExplainOptions extends TargetChoice, KeyOptions {}

/**
 * Tells where every byte of one key goes: one explanation for each database (and snapshot) that holds it. From an
 * inventory only the key's own record is read; a snapshot is searched.
 * @throws {UsageError} when no such key is there, or the snapshot is not the one that was analyzed any more
 */
export async function explain(options: ExplainOptions): Promise<Explanation[]> {
  checkChoice(options);
  return findKey(options, ({ plan, aux, stored }: SearchedSnapshot) => {
    const spec = stored === undefined ? specOf(originOf(plan, aux), options) : specOfStored(stored, options);
    const record = new ExplainedRecord(spec);
    const reader = new RecordReader(windowBytesFor(plan.bytes), record.meter);
    return { reader, take: (pattern) => record.explanation(plan, reader, pattern) };
  });
}
