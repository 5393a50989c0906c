import type { ByteReader, Pieces } from "./byte-reader.ts";
import { unsupported } from "./damage.ts";
import { unpackLz4Frame } from "./lz4.ts";

/** `VCS`, version, codec, a reserved byte, kind. */
export const VCS_HEADER_BYTES = 7;
/** What the four bytes behind `VCS` must be: where, which, and what it is called otherwise. */
const FIELDS = [
  [3, 1, "version"],
  [4, 1, "codec"],
  [5, 0, "reserved byte"],
  [6, 1, "kind"],
] as const;

/**
 * Unpacks Valkey's compressed snapshot (`rdbcompression lz4`, Valkey 9.2, PR 3531): an envelope and one LZ4 frame.
 * What follows that is passed on as it is. @throws {InputDamage}
 */
export async function* unpackVcs(reader: ByteReader): Pieces {
  const header = await reader.take(VCS_HEADER_BYTES);
  for (const [at, known, name] of FIELDS) {
    if (header[at] !== known) throw unsupported(`its ${name} is ${header[at]}, only ${known} is known`, at);
  }
  yield* unpackLz4Frame(reader);
  yield* reader.rest();
}
