import { RdbError } from "../errors.ts";
import { guessedHeader, HEADER_BYTES, type RdbHeader } from "../header.ts";
import { TemplateStore } from "../templates.ts";
import { FAMILIES } from "../types.ts";
import type { ByteSource } from "../window.ts";
import { Pairs } from "./pairs.ts";
import { Zone } from "./zone.ts";

const ZONE_BYTES = 2 ** 18;
const EFFORT_BYTES = 2 ** 28;
/** For an error's message nobody waits long. */
const HINT_EFFORT_BYTES = 2 ** 22;
/** Of the beginning of a source, enough to tell whether there are records. */
export const HINT_BYTES = 2 ** 16;

/**
 * The header of a snapshot whose own is damaged: that of the family under which its beginning is most believable, in its
 * newest version. Types that both families number differently decide; without any it is Redis.
 * @throws {RdbError} BAD_MAGIC when nothing at the beginning can be believed
 */
export function guessHeader(source: ByteSource, effortBytes = EFFORT_BYTES): RdbHeader {
  if (source.size <= HEADER_BYTES) throw new RdbError("BAD_MAGIC", 0);
  const guesses = FAMILIES.map((family) => {
    const header = guessedHeader(family);
    const start = {
      start: HEADER_BYTES,
      bytes: ZONE_BYTES,
      open: HEADER_BYTES,
      failedAt: 0,
      known: new Set<number>(),
      failed: new Set<number>(),
      pairs: new Pairs(),
    };
    const zone = new Zone(source, header, new TemplateStore(), { bytesLeft: effortBytes }, start);
    const { skipped } = zone.way();
    return { header, worth: skipped.length === 0 ? 0 : zone.worth() };
  });
  const [first, ...others] = guesses;
  const best = others.reduce((a, b) => (b.worth > a.worth ? b : a), first!);
  if (best.worth === 0) throw new RdbError("BAD_MAGIC", 0);
  return best.header;
}

/** That a source is no snapshot; where records can be read all the same, that `analyze --salvage` does so. */
export function noSnapshot(
  source: ByteSource,
  { detail }: { readonly detail: string } = { detail: "" },
): RdbError {
  const advice = isGuessed(source) ? "analyze --salvage reads the records behind it" : "";
  return new RdbError("BAD_MAGIC", 0, detail, advice);
}

function isGuessed(source: ByteSource): boolean {
  try {
    return guessHeader(source, HINT_EFFORT_BYTES) !== undefined;
  } catch (error) {
    if (error instanceof RdbError) return false;
    throw error;
  }
}
