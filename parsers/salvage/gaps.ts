import { RdbError } from "../errors.ts";
import { HEADER_BYTES, type RdbHeader } from "../header.ts";
import { OPCODE } from "../opcodes.ts";
import { type ByteRange, Splitter, type SplitterOptions } from "../splitter.ts";
import { TemplateStore } from "../templates.ts";
import type { ByteSource } from "../window.ts";
import { withDatabases } from "./databases.ts";
import { Pairs } from "./pairs.ts";
import { Probe } from "./probe.ts";
import { SIZES } from "./sizes.ts";
import type { Swallower } from "./swallowed.ts";
import { CERTAIN_BITS, type Way, Zone } from "./zone.ts";

/** Bytes of a snapshot that cannot be read, and how reading goes on behind them. */
export interface Gap extends ByteRange {
  /** What was wrong, and where it was noticed. */
  readonly error: RdbError;
  /** Whole records in a row behind it that were looked at before they were believed; 0 at the end of the file. */
  readonly recordsAfter: number;
}

/** Zones grow until something is found in one. */
const FIRST_ZONE_BYTES = 2 ** 16;
const MAX_ZONE_BYTES = 2 ** 20;
/** The end of a zone that is looked at again, with what follows. */
const OVERLAP_BYTES = 2 ** 12;
/** How far what comes before the failure is doubted; a record larger than that is doubted on its own. */
const MAX_DOUBT_BYTES = 2 ** 20;
/** How far behind an end in the middle of a file something is looked for. */
const BEHIND_END_BYTES = 2 ** 22;
/** What comes behind so many failures is lost as a whole. */
const MAX_FAILURES = 10_000;
/** Bytes that may be looked at, in all: so many for each of the file, and these; and of them in one zone. */
const EFFORT = 64;
const MIN_EFFORT_BYTES = 2 ** 30;
const MAX_EFFORT_BYTES = 2 ** 28;
/** What follows a snapshot in the same file with good reason: another one, or the commands of an AOF. */
const FOLLOWERS = /^(?:REDIS\d|VALKEY\d|\*\d|\$EOF:)/;

/**
 * Finds the byte ranges of a damaged snapshot that have to be passed over so that the rest can be read. Reads all of
 * it once, stepping over values; where that fails, what was read last is doubted too, as a wrong length may have led
 * there: the most believable way from the last certain record on is taken.
 */
export function findGaps(source: ByteSource, header: RdbHeader): Gap[] {
  const salvage = new Salvage(source, header);
  salvage.explore();
  for (const doubted = new Set<number>(); ; ) {
    const { gaps, swallower } = withDatabases(source, header, salvage.found, doubted);
    if (swallower === undefined) return gaps;
    doubted.add(swallower.start);
    salvage.doubt(swallower);
  }
}

class Salvage {
  private readonly source: ByteSource;
  private readonly header: RdbHeader;
  readonly found: Gap[] = [];
  private readonly pairs = new Pairs();
  private readonly templates = new TemplateStore();
  private effortLeft: number;
  /** Where reading failed: nothing begins there. */
  private readonly failed = new Set<number>();
  /** Where the records before the failure begin, from a certain one on. */
  private known = new Set<number>();

  constructor(source: ByteSource, header: RdbHeader) {
    this.source = source;
    this.header = header;
    this.effortLeft = source.size * EFFORT + MIN_EFFORT_BYTES;
  }

  /** Finds the gaps of the whole snapshot. */
  explore(): void {
    const { source, header } = this;
    let start = HEADER_BYTES;
    if (header.guessed === true) start = this.beginning(start);
    if (source.size === start)
      this.add({ start, end: start, units: 0 }, new RdbError("UNEXPECTED_EOF", start));
    this.exploreFrom(start);
  }

  /** Looks for other records where one stands whose length has to be wrong, and at all that follows once more. */
  doubt({ start, hidden }: Swallower): void {
    const { source, found, failed } = this;
    while ((found.at(-1)?.start ?? 0) > start) found.pop();
    failed.add(start);
    this.known = new Set();
    const error = new RdbError("BAD_VALUE", start, `a database begins inside of it, at byte ${hidden}`);
    this.exploreFrom(this.take(this.search(start, start, source.size), error));
  }

  private exploreFrom(from: number): void {
    const { source, header, templates, failed, pairs } = this;
    let start = from;
    while (start < source.size) {
      const scout = new Scout(source, header, { ...SIZES, start, templates }, pairs);
      const error = scout.explore();
      if (error === undefined) {
        const resume = this.behindEnd(scout);
        if (resume === undefined) break;
        start = resume;
      } else if (failed.size < MAX_FAILURES) start = this.pass(scout, error);
      else {
        this.add({ start: scout.lastStart(), end: source.size, units: 0 }, error);
        break;
      }
    }
  }

  /** Where the first record begins that is believed, where the header before it is lost. */
  private beginning(start: number): number {
    const way = this.search(start, start, this.source.size, this.failed, start);
    return this.take(way, new RdbError("BAD_MAGIC", 0));
  }

  /** Passes what made a scout fail; returns where to go on. */
  private pass(scout: Scout, error: RdbError): number {
    const failedAt = scout.lastStart();
    if (failedAt === this.source.size) {
      // Cut between two records: what is lost begins where the file ends.
      this.add({ start: failedAt, end: failedAt, units: 0 }, error);
      return failedAt;
    }
    this.failed.add(failedAt);
    const from = this.certainBefore(scout, failedAt);
    const way = this.insideGiant(scout, from, failedAt) ?? this.search(from, failedAt, this.source.size);
    return this.take(way, error);
  }

  /** Notes what a way skips, which may be all the rest; returns where to go on. */
  private take({ skipped, resume, open }: Way, error: RdbError): number {
    for (const range of skipped) this.add(range, error);
    if (resume !== undefined) return resume;
    this.add({ start: open!, end: this.source.size, units: 0 }, error);
    return this.source.size;
  }

  /** A snapshot that ends long before its file: whether there is more of it behind. */
  private behindEnd(scout: Scout): number | undefined {
    const { source } = this;
    const { checkedBytes, trailingBytes } = scout.facts;
    if (trailingBytes === 0) return undefined;
    const head = new Uint8Array(8);
    source.read(head, 0, head.length, source.size - trailingBytes);
    if (FOLLOWERS.test(String.fromCharCode(...head))) return undefined;
    const failedAt = scout.lastStart();
    this.failed.add(failedAt);
    const from = this.certainBefore(scout, failedAt);
    const until = Math.min(source.size, checkedBytes + BEHIND_END_BYTES);
    const way = this.search(from, failedAt, until);
    if (way.resume === undefined) return undefined;
    return this.take(way, new RdbError("UNKNOWN_OPCODE", failedAt, "an end in the middle"));
  }

  /** Where the last records begin that are certain: what comes behind them may be the work of a wrong length. */
  private certainBefore(scout: Scout, failedAt: number): number {
    const effort = { bytesLeft: MAX_EFFORT_BYTES };
    const probe = new Probe(this.source, this.header, this.source.size, effort, this.templates);
    let bits = 0;
    let from = failedAt;
    this.known = new Set();
    for (const start of scout.startsBackwards()) {
      if (bits >= CERTAIN_BITS || failedAt - from > MAX_DOUBT_BYTES) break;
      from = start;
      this.known.add(start);
      if (start !== failedAt) bits += bitsAt(probe, start);
    }
    return from;
  }

  /**
   * A record so large that it cannot be doubted with the others may be none, and its length wrong: then records stand
   * where its value seems to be.
   */
  private insideGiant(scout: Scout, from: number, failedAt: number): Way | undefined {
    if (failedAt - from <= MAX_DOUBT_BYTES) return undefined;
    let behind = failedAt;
    for (const start of scout.startsBackwards()) {
      if (start < from) break;
      if (behind - start > MAX_DOUBT_BYTES) {
        const until = start + MAX_ZONE_BYTES;
        const way = this.search(start, start, until, new Set([start, ...this.failed]));
        const isIt = way.resume === undefined || way.resume >= until;
        return isIt ? this.search(behind, failedAt, this.source.size) : way;
      }
      behind = start;
    }
    return undefined;
  }

  /** Looks for a way from `from` on, zone by zone, until one is found or `until` is reached. */
  private search(
    from: number,
    failedAt: number,
    until: number,
    failed = this.failed,
    skippedSince?: number,
  ): Way {
    const { source, header, known, templates, pairs } = this;
    const skipped: Way["skipped"] = [];
    let start = from;
    let open = skippedSince;
    let bytes = failedAt - from + FIRST_ZONE_BYTES;
    for (;;) {
      const bytesLeft = Math.min(this.effortLeft, MAX_EFFORT_BYTES);
      const effort = { bytesLeft };
      const zone = new Zone(source, header, templates, effort, {
        start,
        bytes,
        open,
        failedAt,
        known,
        failed,
        pairs,
      });
      const way = zone.way();
      this.effortLeft -= bytesLeft - effort.bytesLeft;
      skipped.push(...way.skipped);
      if (way.resume !== undefined) return { skipped, resume: way.resume, open: undefined };
      open = way.open;
      const end = start + bytes;
      if (end >= until) return { skipped, resume: undefined, open };
      start = Math.max(end - OVERLAP_BYTES, open ?? 0);
      bytes = Math.min(bytes * 4, MAX_ZONE_BYTES);
    }
  }

  private add({ start, end, units }: Way["skipped"][number], error: RdbError): void {
    const last = this.found.at(-1);
    if (last?.end === start) this.found[this.found.length - 1] = { ...last, end, recordsAfter: units };
    else this.found.push({ start, end, error, recordsAfter: units });
  }
}

function bitsAt(probe: Probe, start: number): number {
  try {
    probe.read(start);
    return probe.bits;
  } catch (error) {
    if (error instanceof RdbError) return 0;
    throw error;
  }
}

/** Record starts that are remembered. */
const REMEMBERED = 4096;

/** In the place of the first byte of something. */
const BEGINNING = -1;
const END = -2;

/** A splitter that goes ahead to see where it fails, and remembers where the last records begin. */
class Scout extends Splitter {
  private readonly starts = new Float64Array(REMEMBERED);
  private seen = 0;
  private readonly pairs: Pairs;
  /** The first byte of what was read last. */
  private last = BEGINNING;

  constructor(source: ByteSource, header: RdbHeader, options: SplitterOptions, pairs: Pairs) {
    super(source, header, options);
    this.pairs = pairs;
  }

  /** Reads to the end; returns what ended it before. */
  explore(): RdbError | undefined {
    try {
      while (this.next() !== undefined);
      return undefined;
    } catch (error) {
      if (error instanceof RdbError) return error;
      throw error;
    }
  }

  /** Where the last record begins that was looked at. */
  lastStart(): number {
    return this.starts[(this.seen - 1) % REMEMBERED]!;
  }

  /** Where records begin, from the last one on. */
  *startsBackwards(): Iterable<number> {
    for (let i = this.seen - 1; i >= Math.max(0, this.seen - REMEMBERED); i--)
      yield this.starts[i % REMEMBERED]!;
  }

  protected override step(): void {
    const { w, pairs, last } = this;
    const at = w.offset();
    const code = w.atEnd() ? END : w.bytes[w.pos]!;
    // Where it is the SELECTDB that is none, its beginning was noted last.
    if (last === OPCODE.selectDb && code !== END) pairs.afterSelectDb(code, at);
    this.starts[this.seen++ % REMEMBERED] = at;
    if (last !== OPCODE.selectDb && last !== BEGINNING) pairs.elsewhere(code, at);
    this.last = code;
    this.record();
  }
}
