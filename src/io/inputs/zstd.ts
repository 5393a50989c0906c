import zlib from "node:zlib";
import { Decompress } from "fzstd";
import type { ByteReader, Pieces } from "./byte-reader.ts";
import { InputDamage, unsupported } from "./damage.ts";
import { throughEngine } from "./engine.ts";
import { isSkippable, skipFrame } from "./skippable.ts";
import { uint32 } from "./words.ts";
import { XxHash64 } from "./xxhash64.ts";
import { readZstdHeader, ZSTD_MAGIC, type ZstdHeader, zstdBlocks } from "./zstd-frame.ts";

/** Node has its own from 22.15 on. */
const native = (zlib as { createZstdDecompress?: () => ReturnType<typeof zlib.createGunzip> })
  .createZstdDecompress;

/** A window that is held whole: fzstd moves it for every block, libzstd does not. */
const MAX_WINDOW_BYTES = native === undefined ? 2 ** 23 : 2 ** 27;

/** fzstd keeps pieces that are shorter than the longest frame header. */
const KEPT_BYTES = 32;

/** Unpacks zstd frames until the end; checksums are checked. @throws {InputDamage} */
export async function* unpackZstd(reader: ByteReader): Pieces {
  do {
    const { offset } = reader;
    const head = await reader.need(4);
    if (isSkippable(head)) await skipFrame(reader);
    else if (uint32(head, 0) !== ZSTD_MAGIC) throw new InputDamage("other data follows the end", offset);
    else yield* unpackFrame(reader);
  } while (!(await reader.atEnd()));
}

async function* unpackFrame(reader: ByteReader): Pieces {
  const { offset } = reader;
  const header = await readZstdHeader(reader);
  if (header.windowBytes > MAX_WINDOW_BYTES) {
    const hint =
      native === undefined ? "Node 22.15 or newer may read it" : "unpack it with zstd -d --long=31";
    throw unsupported(`it needs a window of ${header.windowBytes} bytes: ${hint}`, offset);
  }
  const blocks = zstdBlocks(reader, header);
  if (native !== undefined) yield* throughEngine(native(), blocks, offset);
  else yield* throughFzstd(reader, header, blocks);
}

/** fzstd checks no checksum: that is done here. */
async function* throughFzstd(reader: ByteReader, header: ZstdHeader, blocks: Pieces): Pieces {
  let out: Uint8Array[] = [];
  const decoder = new Decompress((bytes) => out.push(bytes));
  const hash = header.hasChecksum ? new XxHash64() : undefined;
  let last = new Uint8Array(0);
  const push = (piece: Uint8Array, final: boolean): Uint8Array[] => {
    const { offset } = reader;
    try {
      decoder.push(piece, final);
    } catch (error) {
      throw new InputDamage((error as Error).message, offset - piece.length);
    }
    const made = out;
    out = [];
    for (const bytes of made) hash?.update(bytes);
    return made;
  };
  for await (const piece of blocks) {
    if (piece.length < KEPT_BYTES) last = piece.slice();
    yield* push(piece.length < KEPT_BYTES ? last : piece, false);
  }
  yield* push(new Uint8Array(0), true);
  if (hash !== undefined && uint32(last, last.length - 4) !== hash.lowDigest()) {
    throw new InputDamage("the checksum of the content does not match", reader.offset - 4);
  }
}
