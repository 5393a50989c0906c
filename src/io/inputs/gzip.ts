import zlib from "node:zlib";
import type { ByteReader, Pieces } from "./byte-reader.ts";
import { InputDamage } from "./damage.ts";
import { throughEngine } from "./engine.ts";

/** Input given to zlib at once: it may become 1,032 times as much. What a damaged piece became is lost. */
const PIECE_BYTES = 16384;
const SALVAGE_PIECE_BYTES = 128;
const OUTPUT_BYTES = 2 ** 18;

/** Unpacks gzip, several members too; zeros behind the last are passed over as gzip does. @throws {InputDamage} */
export async function* unpackGzip(reader: ByteReader, salvage: boolean): Pieces {
  const engine = zlib.createGunzip({ chunkSize: OUTPUT_BYTES });
  const start = reader.offset;
  let last = new Uint8Array(0);
  const pieces = async function* (): Pieces {
    for await (const piece of reader.rest(salvage ? SALVAGE_PIECE_BYTES : PIECE_BYTES)) {
      last = piece.slice();
      yield piece;
    }
  };
  yield* throughEngine(engine, pieces(), start);
  const end = start + engine.bytesWritten;
  checkPadding(last.subarray(last.length - (reader.offset - end)), end);
  for await (const piece of reader.rest()) checkPadding(piece, reader.offset - piece.length);
}

/** @throws {InputDamage} for anything but zeros */
function checkPadding(bytes: Uint8Array, offset: number): void {
  const at = bytes.findIndex((byte) => byte !== 0);
  if (at >= 0) throw new InputDamage("other data follows the end", offset + at);
}
