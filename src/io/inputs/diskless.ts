import type { ByteReader, Pieces } from "./byte-reader.ts";
import { InputDamage } from "./damage.ts";

const HEADER = /^\$EOF:[0-9a-zA-Z]{40}\r\n$/;
const HEADER_BYTES = 47;

/**
 * A snapshot as a server sends it to replicas without writing it to disk: `$EOF:` and a mark of 40 characters before
 * it, the mark once more behind it. Mirrors rdbSaveRioWithEOFMark(), rdb.c, Redis 7.2. @throws {InputDamage}
 */
export async function* unpackDiskless(reader: ByteReader): Pieces {
  const header = await reader.take(HEADER_BYTES);
  if (!HEADER.test(Buffer.from(header).toString("latin1"))) {
    throw new InputDamage("$EOF: is not followed by a mark of 40 characters", 5);
  }
  yield* reader.rest();
}
