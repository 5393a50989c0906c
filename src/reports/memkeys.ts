import type { MemkeysRow } from "../queries/memkeys.ts";
import type { Layout } from "./index.ts";
import { safeLine, safeText, wrapped } from "./text.ts";

/**
 * Types in the layout that users know: mirrors the summary of findBigKeys(), redis-cli.c, Redis 7.2, with `--memkeys`. Names are
 * escaped our way; numbers of keys and bytes are whole, of a sample too. `path` is told where there are several snapshots.
 */
export function* renderMemkeys(
  rows: readonly MemkeysRow[],
  notes: readonly string[],
  path: string | undefined,
  { style, width }: Pick<Layout, "style" | "width">,
): Iterable<string> {
  const keys = rows.reduce((sum, row) => sum + row.keys, 0);
  const nameBytes = rows.reduce((sum, row) => sum + row.name_bytes, 0);
  if (path !== undefined) yield style.faint(safeText(path));
  yield style.heading("-------- summary -------");
  yield "";
  yield `Sampled ${Math.round(keys)} keys in the keyspace!`;
  yield `Total key length in bytes is ${Math.round(nameBytes)} (avg len ${average(nameBytes, keys)})`;
  yield "";
  const withKeys = rows.filter((row) => row.biggest_key !== null);
  for (const { type, biggest_key: key, biggest_bytes: bytes } of withKeys)
    yield `Biggest ${safeText(type).padStart(6)} found '"${safeText(key!)}"' has ${bytes} bytes`;
  if (withKeys.length > 0) yield "";
  for (const { type, keys: count, bytes, keys_share: share } of rows) {
    const percent = (share * 100).toFixed(2).padStart(5, "0");
    yield `${Math.round(count)} ${safeText(type)}s with ${Math.round(bytes)} bytes (${percent}% of keys, avg size ${average(bytes, count)})`;
  }
  if (notes.length > 0) yield "";
  for (const note of notes) yield* wrapped(`note: ${safeLine(note)}`, width).map(style.faint);
}

function average(sum: number, count: number): string {
  return (count > 0 ? sum / count : 0).toFixed(2);
}
