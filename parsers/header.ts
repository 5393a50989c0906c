import { RdbError } from "./errors.ts";
import type { Family } from "./types.ts";
import type { ByteSource } from "./window.ts";

export const HEADER_BYTES = 9;

/** Newest RDB versions whose every type and opcode is known. */
const NEWEST: Record<Family, number> = { redis: 15, valkey: 81 };

/** First version that ends with a checksum. */
const CHECKSUM_SINCE = 5;

/** What the nine bytes at the beginning say. */
export interface RdbHeader {
  readonly family: Family;
  /** As written: `REDIS0011`, `VALKEY080`. */
  readonly magic: string;
  readonly version: number;
  readonly hasChecksum: boolean;
  /** The version is newer than any whose types are all known. */
  readonly newer: boolean;
  /** The header is damaged: family and version are a guess. */
  readonly guessed?: boolean;
}

/** A header in place of one that is lost. */
export function guessedHeader(family: Family): RdbHeader {
  const version = NEWEST[family];
  const digits = family === "redis" ? 4 : 3;
  const magic = `${family.toUpperCase()}${String(version).padStart(digits, "0")}`;
  return { family, magic, version, hasChecksum: true, newer: false, guessed: true };
}

/** Reads the header. @throws {RdbError} BAD_MAGIC, UNEXPECTED_EOF */
export function readHeader(source: ByteSource): RdbHeader {
  const bytes = new Uint8Array(HEADER_BYTES);
  let got = 0;
  while (got < HEADER_BYTES) {
    const n = source.read(bytes, got, HEADER_BYTES - got, got);
    if (n === 0) break;
    got += n;
  }
  const magic = String.fromCharCode(...bytes.subarray(0, got));
  const match = /^(?:REDIS(\d{4})|VALKEY(\d{3}))$/.exec(magic);
  if (match === null) {
    if (got > 0 && got < HEADER_BYTES && "REDIS".startsWith(magic.slice(0, 5)))
      throw new RdbError("UNEXPECTED_EOF", got);
    throw new RdbError("BAD_MAGIC", 0);
  }
  const family: Family = match[1] === undefined ? "valkey" : "redis";
  const version = Number(match[1] ?? match[2]);
  if (version < 1) throw new RdbError("BAD_MAGIC", 0, "version 0");
  return { family, magic, version, hasChecksum: version >= CHECKSUM_SINCE, newer: version > NEWEST[family] };
}
