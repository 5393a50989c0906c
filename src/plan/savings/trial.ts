import { promisify } from "node:util";
import zlib from "node:zlib";
import { RecordReader } from "../../../parsers/records.ts";
import { mixed } from "../../../parsers/sample.ts";
import { FileSource } from "../../io/file-source.ts";
import type { InputOptions } from "../../io/inputs/index.ts";
import type { TargetSpec } from "../../memory/index.ts";
import { windowBytesFor } from "../../pipeline/windows.ts";
import { withPlan } from "../../pipeline/with-plan.ts";
import { keySource, type Scope, scopeParams } from "../../queries/scope.ts";
import { ValueEvents } from "../../values/events.ts";
import { IGNORE_VALUES } from "../../values/sink.ts";
import { LOADED } from "./saving.ts";
import { StringSizer } from "./string-sizer.ts";

/** Strings that are shorter are not worth compressing one by one. */
const LEAST_BYTES = 1024;
/** A pattern has so many tried at least, or all that it has. */
const LEAST_TRIED = 100;
/** 95% of a normal distribution lie within so many standard errors. */
const CONFIDENCE = 1.96;

type Compress = (bytes: Uint8Array) => Promise<Uint8Array>;

/** What clients compress with, at the levels that libraries have by default; zstd where this Node has it (22.15 and later). */
const CODECS: Readonly<Record<string, Compress | undefined>> = {
  deflate: promisify<Uint8Array, Uint8Array>(zlib.deflateRaw),
  zstd: "zstdCompress" in zlib ? promisify(zlib.zstdCompress as (typeof zlib)["deflateRaw"]) : undefined,
};

/** What a codec made of the strings that were tried, and would of all. */
export interface CodecResult {
  readonly codec: string;
  /** Bytes before over bytes after, of those that were tried. */
  readonly ratio: number;
  /** Heap bytes that all strings of the pattern would take less. */
  readonly savedBytes: number;
  /** Half of the interval that holds that figure in 95 of 100 cases; 0 where all were tried. */
  readonly error: number;
}

/** Strings of 1 KB and more of a pattern, a sample of which was compressed. */
export interface CompressionTrial {
  readonly pattern: string;
  readonly keys: number;
  readonly tried: number;
  readonly best: CodecResult;
  readonly others: readonly CodecResult[];
}

interface StringRow {
  readonly pattern: string;
  readonly db: number;
  readonly name: number;
  readonly length: number;
  readonly expires: number;
  readonly offset: number;
  readonly bytes: number;
}

export interface TrialOptions extends InputOptions {
  /** The snapshot, in whatever form. */
  readonly input: string;
  /** An inventory of it, with rows. */
  readonly scope: Scope;
  /** What sizes are for. */
  readonly target: TargetSpec;
  /** Share of the strings that are compressed, in (0, 1]. */
  readonly share: number;
}

/**
 * Compresses a share of the strings that are long enough, 100 of each pattern at least, and sizes each at its new length. What all
 * strings save is estimated by the ratio of saved bytes to bytes (Cochran, Sampling Techniques, chapter 6), and exact where all were tried.
 * Holds one string at a time. @throws {IoError} when the snapshot cannot be read
 */
export async function tryCompression(options: TrialOptions): Promise<CompressionTrial[]> {
  const { input, scope, target, share, signal } = options;
  const patterns = new Map(ofPatterns(scope).map((one) => [one.pattern, new PatternTrial(one, target)]));
  if (patterns.size === 0) return [];
  await withPlan(input, options, async (plan) => {
    const source = new FileSource(plan.file, plan.identity);
    try {
      let text: Uint8Array = new Uint8Array();
      const element = (bytes: Uint8Array, start: number, end: number) => {
        text = bytes.slice(start, end);
      };
      const events = new ValueEvents(source, { ...IGNORE_VALUES, element }, 1);
      const reader = new RecordReader(windowBytesFor(plan.bytes), events, events);
      events.record = reader;
      for (const row of scope.inventory.iterate<StringRow>(ROWS(scope), scopeParams(scope))) {
        const own = patterns.get(row.pattern)!;
        if (!own.draws(row.offset, share)) continue;
        signal?.throwIfAborted();
        reader.begin(source, plan.header, { start: row.offset, end: row.offset + row.bytes, db: row.db });
        reader.next();
        await own.take(row, text);
      }
    } finally {
      source.close();
    }
  });
  return [...patterns.values()].filter(({ tried }) => tried > 0).map((one) => one.result());
}

const LONG_STRINGS = `type = 'string' AND largest_element_bytes >= ${LEAST_BYTES} AND accuracy <> 'damaged' AND ${LOADED}`;

const ROWS = (
  scope: Scope,
) => `SELECT pattern, db, octet_length(key) AS name, largest_element_bytes AS length,
    expires_at IS NOT NULL AS expires, record_offset AS offset, serialized_bytes AS bytes
  FROM ${keySource(scope)} WHERE ${LONG_STRINGS} ORDER BY record_offset`;

interface PatternStrings {
  readonly pattern: string;
  readonly keys: number;
  readonly bytes: number;
}

function ofPatterns(scope: Scope): PatternStrings[] {
  return scope.inventory.all<PatternStrings>(
    `SELECT pattern, count(*) AS keys, sum(largest_element_bytes) AS bytes FROM ${keySource(scope)}
     WHERE ${LONG_STRINGS} GROUP BY pattern`,
    scopeParams(scope),
  );
}

/** The strings of a pattern. */
class PatternTrial {
  tried = 0;
  private readonly strings: PatternStrings;
  private readonly sizer: StringSizer;
  private readonly lengths: number[] = [];
  private readonly byCodec: Record<string, { compressed: number; saved: number[] }> = {};

  constructor(strings: PatternStrings, target: TargetSpec) {
    this.strings = strings;
    this.sizer = new StringSizer(target);
  }

  /** Whether the string at an offset is tried: the same ones each time. */
  draws(offset: number, share: number): boolean {
    const own = Math.max(share, LEAST_TRIED / this.strings.keys);
    return mixed(offset % 2 ** 32) >>> 0 < own * 2 ** 32;
  }

  async take({ name, expires, length }: StringRow, text: Uint8Array): Promise<void> {
    const size = (bytes: number) => this.sizer.heapBytes(name, expires === 1, bytes);
    this.tried++;
    this.lengths.push(length);
    for (const [codec, compress] of Object.entries(CODECS)) {
      if (compress === undefined) continue;
      const { length: compressed } = await compress(text);
      this.byCodec[codec] ??= { compressed: 0, saved: [] };
      this.byCodec[codec].compressed += compressed;
      // What does not become smaller is stored as it is.
      this.byCodec[codec].saved.push(Math.max(0, size(length) - size(compressed)));
    }
  }

  result(): CompressionTrial {
    const { pattern, keys } = this.strings;
    const results = Object.keys(this.byCodec).map((codec) => this.ofCodec(codec));
    const [best, ...others] = results.sort((a, b) => b.savedBytes - a.savedBytes);
    return { pattern, keys, tried: this.tried, best: best!, others };
  }

  private ofCodec(codec: string): CodecResult {
    const { compressed, saved } = this.byCodec[codec]!;
    const { lengths, tried } = this;
    const { keys, bytes } = this.strings;
    const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
    const share = sum(saved) / sum(lengths);
    const squares = sum(saved.map((one, i) => (one - share * lengths[i]!) ** 2));
    const variance = ((keys ** 2 * (1 - tried / keys)) / tried) * (squares / Math.max(1, tried - 1));
    return {
      codec,
      ratio: sum(lengths) / compressed,
      savedBytes: share * bytes,
      error: CONFIDENCE * Math.sqrt(variance),
    };
  }
}
