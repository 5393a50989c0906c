import { RdbError } from "../errors.ts";
import type { RdbHeader } from "../header.ts";
import { OPCODE } from "../opcodes.ts";
import { type ByteRange, Splitter, type SplitterOptions } from "../splitter.ts";
import type { ByteSource } from "../window.ts";
import { Probe } from "./probe.ts";
import { SIZES } from "./sizes.ts";
import { CERTAIN_BITS } from "./zone.ts";

/** A record with the beginning of a database inside of it, absolute offsets. */
export interface Swallower {
  readonly start: number;
  readonly hidden: number;
}

/** Bytes that are read at once, and those at the end that are read again with the next ones. */
const BLOCK_BYTES = 2 ** 20;
const OVERLAP_BYTES = 2;
/** Places that are remembered; the bytes that may be looked at to find them. */
const MAX_PLACES = 1000;
const MAX_EFFORT_BYTES = 2 ** 28;
/** Numbers below this stand in the byte behind SELECTDB. */
const SHORT_LENGTH = 0x40;

/** A database whose keys are more than it should have, as those of another one seem to be among them. */
export interface Overfull extends ByteRange {
  readonly db: number;
}

/** The first record of a database in which the beginning of a later one stands; none of `doubted`. */
export function swallowerIn(
  source: ByteSource,
  header: RdbHeader,
  gaps: readonly ByteRange[],
  run: Overfull,
  doubted: ReadonlySet<number>,
): Swallower | undefined {
  const places = beginningsIn(source, header, run);
  return new Finder(source, header, { ...SIZES, gaps }, places, doubted).find();
}

/** Where something looks like the beginning of a database, whether it is one or stands in a value. */
function beginningsIn(source: ByteSource, header: RdbHeader, { db, start, end }: Overfull): number[] {
  const probe = new Probe(source, header, source.size, { bytesLeft: MAX_EFFORT_BYTES });
  const block = new Uint8Array(BLOCK_BYTES);
  const places: number[] = [];
  for (let at = start; at < end; at += BLOCK_BYTES - OVERLAP_BYTES) {
    const bytes = block.subarray(0, source.read(block, 0, Math.min(BLOCK_BYTES, end - at), at));
    const until = bytes.length - OVERLAP_BYTES;
    for (
      let i = bytes.indexOf(OPCODE.selectDb);
      i >= 0 && i < until;
      i = bytes.indexOf(OPCODE.selectDb, i + 1)
    ) {
      const number = bytes[i + 1]!;
      const isLater = number > db;
      if (isLater && number < SHORT_LENGTH && bytes[i + 2] !== OPCODE.resizeDb) continue;
      if (isLater && places.length < MAX_PLACES && areRecords(probe, at + i)) places.push(at + i);
    }
  }
  return places;
}

/** Whether records begin at an offset, beyond doubt. */
function areRecords(probe: Probe, start: number): boolean {
  let at = start;
  try {
    for (let bits = 0; bits < CERTAIN_BITS; bits += probe.bits) at = probe.read(at);
    return true;
  } catch (error) {
    if (error instanceof RdbError) return false;
    throw error;
  }
}

/** Looks which record holds the first of some places. */
class Finder extends Splitter {
  private found: Swallower | undefined;
  private readonly places: readonly number[];
  private readonly doubted: ReadonlySet<number>;
  private seen = 0;

  constructor(
    source: ByteSource,
    header: RdbHeader,
    options: SplitterOptions,
    places: readonly number[],
    doubted: ReadonlySet<number>,
  ) {
    super(source, header, options);
    this.places = places;
    this.doubted = doubted;
  }

  find(): Swallower | undefined {
    while (this.found === undefined && this.seen < this.places.length && this.next() !== undefined);
    return this.found;
  }

  protected override step(): void {
    const { w, places, doubted } = this;
    const start = w.offset();
    this.record();
    while (places[this.seen]! <= start) this.seen++;
    const hidden = places[this.seen]!;
    if (hidden < w.offset() && !doubted.has(start)) this.found ??= { start, hidden };
  }
}
