import type { SampleCounts, SampleSpec } from "../../parsers/sample.ts";
import type { Damage } from "../../workers/protocol.ts";
import { UsageError } from "../errors.ts";
import { counted, thousands } from "../queries/words.ts";
import { humanBytes } from "../units.ts";

/** Which share of a snapshot's records is drawn, each by itself. */
export interface Sample {
  /** In (0, 1]; 1 is no sample, but every record. */
  readonly share: number;
  /** A whole number below 2^32: another one draws other records. Default: 0. */
  readonly seed?: number | undefined;
}

/** What a sample is of, and how much a key that was drawn stands for. */
export interface SampledKeys extends SampleSpec {
  /** Keys whose records have `certainBytes` or more: all of them were read. */
  readonly certainKeys: number;
  /** Of the other ones, how many were drawn, and out of how many. Filters are applied to what was drawn. */
  readonly drawnKeys: number;
  readonly drawnFrom: number;
  /** Keys that each drawn one stands for. */
  readonly weight: number;
}

/**
 * Records from so many bytes on are all read: few keys can hold much of the memory, and a share of few says little. No more
 * than one in `CERTAIN_SHARE` of the file, so that there are not too many of them.
 */
const CERTAIN_BYTES = 1024;
const CERTAIN_SHARE = 50_000;

/** @throws {UsageError} for a sample that makes no sense */
export function checkSample({
  sample,
  salvage,
}: {
  readonly sample?: Sample | undefined;
  readonly salvage?: boolean | undefined;
}): void {
  if (sample === undefined) return;
  const { share, seed = 0 } = sample;
  if (!(share > 0 && share <= 1)) throw new UsageError(`a sample has a share above 0, up to 1; not ${share}`);
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32))
    throw new UsageError(`the seed of a sample is a whole number from 0 to ${2 ** 32 - 1}; not ${seed}`);
  if (salvage === true)
    throw new UsageError("a sample is of sound snapshots: leave out --sample, or --salvage");
}

/** Which records of a snapshot of so many bytes are read; undefined: all. */
export function sampleSpec(sample: Sample | undefined, fileBytes: number): SampleSpec | undefined {
  if (sample === undefined || sample.share === 1) return undefined;
  const certainBytes = Math.max(CERTAIN_BYTES, Math.ceil(fileBytes / CERTAIN_SHARE));
  return { share: sample.share, seed: sample.seed ?? 0, certainBytes };
}

/**
 * The sample with what was counted. As it is known how many records there are, a key that was drawn stands for as many as there are
 * to each drawn one, not for 1 / share: numbers of keys add up exactly, and errors are smaller.
 */
export function sampledKeys(
  sample: Sample | undefined,
  fileBytes: number,
  counts: SampleCounts | undefined,
): SampledKeys | undefined {
  const spec = sampleSpec(sample, fileBytes);
  if (spec === undefined || counts === undefined) return undefined;
  const { certainKeys, drawnKeys, drawnFrom } = counts;
  const weight = drawnKeys === 0 ? 1 / spec.share : drawnFrom / drawnKeys;
  return { ...spec, certainKeys, drawnKeys, drawnFrom, weight };
}

/** What every reader of the inventory is told. */
export function sampleWarnings(sample: SampledKeys | undefined): Damage[] {
  if (sample === undefined) return [];
  const { certainBytes, certainKeys, drawnKeys, drawnFrom } = sample;
  const message =
    `a sample: ${thousands(drawnKeys)} of ${counted(drawnFrom, "key")} were drawn, and ` +
    `${certainKeys === 0 ? "none has" : `all ${thousands(certainKeys)} read that have`} ${humanBytes(certainBytes)} or more in the snapshot; totals are estimates`;
  return [{ code: "SAMPLE", offset: -1, message }];
}

/** Columns of `snapshot_rows`. */
export function sampleColumns(sample: SampledKeys | undefined): Record<string, number | null> {
  return {
    sample_share: sample?.share ?? null,
    sample_seed: sample?.seed ?? null,
    sample_certain_bytes: sample?.certainBytes ?? null,
    sample_certain_keys: sample?.certainKeys ?? null,
    sample_drawn_keys: sample?.drawnKeys ?? null,
    sample_drawn_from: sample?.drawnFrom ?? null,
    sample_weight: sample?.weight ?? null,
  };
}
