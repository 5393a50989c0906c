import type { MemoryRow } from "../queries/memory.ts";
import { humanBytes, humanError, humanShare } from "./units.ts";

/** Differences up to this share are what the model and a running server may differ by. */
const CLOSE = 0.02;

/** Cells of a line before its words: what does not fit into it goes on below these. */
export const USED_MEMORY_HANG = 23;

/**
 * What used_memory would be after loading and was when saved by a server: their sums, and what their difference means.
 * `atLeast`: sizes of some keys are lower bounds. `complete`: no key is missing.
 * `error`: how far the estimate may be off as it is one of a sample; null: nobody can tell.
 */
export function usedMemoryLines(
  memory: MemoryRow,
  atLeast: boolean,
  savedBy: string,
  complete: boolean,
  error: number | null = 0,
): string[] {
  const { key_bytes: keys, table_bytes: tables, function_bytes: functions, baseline_bytes: server } = memory;
  const made: [string, number][] = [
    ["keys", keys],
    ["tables", tables],
    ["functions", functions],
    ["server", server],
  ];
  const parts = made.filter(([, bytes]) => bytes > 0).map(([name, bytes]) => `${humanBytes(bytes)} ${name}`);
  const estimate = `${atLeast ? "≥" : ""}${humanBytes(memory.estimated_bytes)}`.padStart(9);
  const within = error === 0 ? "" : `${error === null ? "±?" : humanError(memory.estimated_bytes, error)} `;
  return [
    `used_memory ${estimate}  ${within}estimated: ${parts.join(", ")}`,
    asSaved(memory, savedBy, complete, error),
  ];
}

function asSaved(memory: MemoryRow, savedBy: string, complete: boolean, error: number | null): string {
  const { used_mem: saved, unexplained_bytes: difference, unexplained_share: share } = memory;
  if (saved !== null && memory.comparable === 0) {
    return `            ${humanBytes(saved).padStart(9)}  when saved, by ${savedBy}: not comparable with another server`;
  }
  if (saved === null || difference === null || share === null) {
    return `            ${"-".padStart(9)}  when saved: the snapshot does not say`;
  }
  if (!complete)
    return `            ${humanBytes(saved).padStart(9)}  when saved: not comparable, as keys are missing here`;
  const size = `${humanBytes(Math.abs(difference))} (${humanShare(Math.abs(share))} of it)`;
  const isChance = error !== 0 && (error === null || Math.abs(difference) <= error);
  const why = isChance ? `${share < 0 ? "less" : "more"}: the sample may be as far off` : meaning(share);
  return `            ${humanBytes(saved).padStart(9)}  when saved: ${size} ${why}`;
}

function meaning(share: number): string {
  if (Math.abs(share) <= CLOSE) return `${share < 0 ? "less" : "more"}: the keys explain it`;
  return share < 0
    ? "less: another server or settings than sized for"
    : "more: buffers, growth, scripts, modules";
}
