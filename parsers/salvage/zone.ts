import { RdbError } from "../errors.ts";
import type { RdbHeader } from "../header.ts";
import type { TemplateSource } from "../templates.ts";
import type { ByteSource } from "../window.ts";
import type { Pairs } from "./pairs.ts";
import { type Effort, Probe } from "./probe.ts";

/** Bits that a run of records has to be worth where bytes were lost before it, and as many again where they are behind it. */
const RESYNC_BITS = 40;
/** Bits of the first of them: anything less may just happen to stand before it. */
const FIRST_BITS = 14;
/** Bits that settle it: what is worth as much is not looked at again. */
export const CERTAIN_BITS = 64;
/**
 * Bits of a run whose records are worth less each, as of numbers: its first may just stand before it, and is left out.
 * A better one that begins soon after is preferred: this much goes off.
 */
const WEAK_RUN_BITS = 128;
const WEAK_COST = 32;
/** A record that reaches beyond the zone is followed if its name is worth as much. */
const CROSSING_BITS = 12;
/** Such records that are followed, a zone; and records behind each. */
const MAX_CROSSINGS = 256;
const MAX_FOLLOWED = 32;

const NOTHING = -1;
const BEYOND = -2;

/** A way through a zone: what is skipped, and where reading can go on. */
export interface Way {
  /** Bytes that are skipped between records, absolute; `units` is the length of the run of records behind each. */
  readonly skipped: { start: number; end: number; units: number }[];
  /** Where an aligned record begins, behind everything that was in doubt; undefined when the zone ends in skipped bytes. */
  readonly resume: number | undefined;
  /** Where the skipping begins that the zone ends in. */
  readonly open: number | undefined;
}

/** What is known before a zone is looked at. */
export interface ZoneStart {
  readonly start: number;
  readonly bytes: number;
  /** Whether a record begins at its start; else bytes are being skipped since `open`. */
  readonly open: number | undefined;
  /** What reading failed at: a way has to lead past it. */
  readonly failedAt: number;
  /** Where records begin as far as was seen: if they are none, they look like some. */
  readonly known: ReadonlySet<number>;
  /** Where no record begins, whatever it looks like. */
  readonly failed: ReadonlySet<number>;
  /** What is known of SELECTDB and RESIZEDB. */
  readonly pairs: Pairs;
}

/**
 * Finds the most believable way through a part of a damaged snapshot. Of all ways to see its bytes as records with skipped
 * bytes between, it is the one whose records are worth most bits, less `RESYNC_BITS` at each end of what
 * is skipped. Found from the end to the beginning, each offset once.
 */
export class Zone {
  private readonly file: ByteSource;
  private readonly from: ZoneStart;
  private readonly size: number;
  private readonly bytes: Uint8Array;
  private readonly probe: Probe;
  private readonly fileProbe: Probe;
  /** By offset in the zone: worth of the best way from a record that begins there, and from skipped bytes. */
  private readonly aligned: Float32Array;
  private readonly skipping: Float32Array;
  /** What begins there: its bits, and the offset behind it. */
  private readonly bits: Float32Array;
  private readonly next: Int32Array;
  /** Bits of the records in a row that begin there. */
  private readonly run: Float32Array;
  private crossings = 0;

  constructor(
    file: ByteSource,
    header: RdbHeader,
    templates: TemplateSource,
    effort: Effort,
    from: ZoneStart,
  ) {
    const size = Math.min(from.bytes, file.size - from.start);
    this.file = file;
    this.from = from;
    this.size = size;
    this.bytes = new Uint8Array(size);
    for (let got = 0; got < size; ) {
      const n = file.read(this.bytes, got, size - got, from.start + got);
      if (n === 0) throw new RdbError("UNEXPECTED_EOF", from.start + got);
      got += n;
    }
    const source = new ZoneSource(this.bytes, from.start);
    this.probe = new Probe(source, header, file.size, effort, templates, from.pairs);
    this.fileProbe = new Probe(file, header, file.size, effort, templates, from.pairs);
    this.aligned = new Float32Array(size + 1);
    this.skipping = new Float32Array(size + 1);
    this.bits = new Float32Array(size);
    this.next = new Int32Array(size);
    this.run = new Float32Array(size + 1);
  }

  way(): Way {
    // Most of what is looked at is an error, and traces of the stack would take most of the time.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      for (let at = this.size - 1; at >= 0; at--) this.weigh(at);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
    return this.trace();
  }

  /** Bits that the way is worth from skipped bytes on. */
  worth(): number {
    return this.skipping[0]!;
  }

  private weigh(at: number): void {
    const { aligned, skipping, next, bits } = this;
    const end = this.probe.begins(this.bytes[at]!) ? this.look(at) : NOTHING;
    next[at] = end;
    const worth =
      end === NOTHING ? Number.NEGATIVE_INFINITY : bits[at]! + (end === BEYOND ? 0 : aligned[end]!);
    const begins = end !== NOTHING && bits[at]! >= FIRST_BITS;
    this.run[at] = end === NOTHING ? 0 : bits[at]! + (end === BEYOND ? 0 : this.run[end]!);
    skipping[at] = Math.max(skipping[at + 1]!, (begins ? worth : this.behindWeak(at)) - RESYNC_BITS);
    const skipped = skipping[at]! - RESYNC_BITS;
    if (this.from.pairs.isAlone(this.bytes[at]!)) aligned[at] = skipped;
    else aligned[at] = this.leadsOn(end) ? worth : Math.max(worth, skipped);
  }

  /** Worth of the way from behind a record that is worth little itself, where many follow. */
  private behindWeak(at: number): number {
    const end = this.next[at]!;
    const isWeak = end >= 0 && end < this.size && this.bits[at]! > 0 && this.run[end]! >= WEAK_RUN_BITS;
    return isWeak ? this.aligned[end]! - WEAK_COST : Number.NEGATIVE_INFINITY;
  }

  /** Whether records begin at an offset that are believed whatever leads there: then nothing in the value before is looked for. */
  private leadsOn(end: number): boolean {
    return end >= 0 && end < this.size && this.bits[end]! >= FIRST_BITS && this.run[end]! >= CERTAIN_BITS;
  }

  private look(at: number): number {
    const { probe, from } = this;
    if (from.failed.has(from.start + at)) return NOTHING;
    try {
      const end = probe.read(from.start + at, from.known.has(from.start + at)) - from.start;
      this.bits[at] = probe.bits;
      return end <= this.size ? end : this.follow(at);
    } catch (error) {
      if (!(error instanceof RdbError)) throw error;
      const crossing = error.code === "UNEXPECTED_EOF" && from.start + this.size < this.file.size;
      return crossing && probe.bits >= CROSSING_BITS ? this.follow(at) : NOTHING;
    }
  }

  /** Looks at a record that reaches beyond the zone, and at what comes behind it. */
  private follow(at: number): number {
    if (this.crossings++ >= MAX_CROSSINGS) return NOTHING;
    const { fileProbe, file } = this;
    let bits = 0;
    let position = this.from.start + at;
    try {
      for (let i = 0; i < MAX_FOLLOWED && bits < CERTAIN_BITS && position < file.size; i++) {
        position = fileProbe.read(position);
        bits += fileProbe.bits;
      }
    } catch (error) {
      if (!(error instanceof RdbError)) throw error;
      if (bits === 0) return NOTHING;
    }
    this.bits[at] = bits;
    return BEYOND;
  }

  /** Goes the best way from the beginning until it is certain. */
  private trace(): Way {
    const { start, failedAt } = this.from;
    const skipped: Way["skipped"] = [];
    let { open } = this.from;
    let runBits = 0;
    let at = 0;
    let last = 0;
    while (at < this.size) {
      if (open !== undefined) {
        while (at < this.size && this.skipping[at] === this.skipping[at + 1]) at++;
        if (at === this.size) break;
        if (this.bits[at]! < FIRST_BITS) at = this.next[at]!;
        skipped.push({ start: open, end: start + at, units: 0 });
        open = undefined;
        runBits = 0;
      } else if (
        this.next[at] === NOTHING ||
        this.aligned[at] === Math.fround(this.skipping[at]! - RESYNC_BITS)
      ) {
        open = start + at;
        continue;
      }
      if (this.next[at] === BEYOND) return { skipped, resume: start + at, open };
      const run = skipped.at(-1);
      if (run !== undefined) run.units++;
      runBits += this.bits[at]!;
      last = at;
      at = this.next[at]!;
      const isCertain = runBits >= CERTAIN_BITS && start + at > failedAt;
      if (isCertain && start + at < this.file.size) return { skipped, resume: start + at, open };
    }
    // At the end of the file the last unit is read again: it tells whether the snapshot ends there or is cut.
    const resume = start + (start + at === this.file.size ? last : at);
    return { skipped, resume: open === undefined ? resume : undefined, open };
  }
}

/** A part of a file that stands in memory, at the file's own offsets. */
class ZoneSource implements ByteSource {
  readonly size: number;
  private readonly bytes: Uint8Array;
  private readonly start: number;

  constructor(bytes: Uint8Array, start: number) {
    this.bytes = bytes;
    this.start = start;
    this.size = start + bytes.length;
  }

  read(target: Uint8Array, targetStart: number, length: number, position: number): number {
    const from = position - this.start;
    const some = this.bytes.subarray(from, from + length);
    target.set(some, targetStart);
    return some.length;
  }
}
