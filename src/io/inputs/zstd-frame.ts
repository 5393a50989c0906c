import type { ByteReader, Pieces } from "./byte-reader.ts";
import { InputDamage, unsupported } from "./damage.ts";
import { uint32, uint64 } from "./words.ts";

export const ZSTD_MAGIC = 0xfd2fb528;
/** Longest frame header: magic, descriptor, window, dictionary, content size. */
export const ZSTD_HEADER_BYTES = 4 + 1 + 1 + 4 + 8;
const MAX_BLOCK_BYTES = 2 ** 17;
const RLE = 1;
const RESERVED = 3;

/** What a frame says of itself. */
export interface ZstdHeader {
  readonly bytes: number;
  readonly windowBytes: number;
  readonly contentBytes: number | undefined;
  readonly hasChecksum: boolean;
  readonly needsDictionary: boolean;
}

/** Looks at a frame's header without consuming it. @throws {InputDamage} */
export async function readZstdHeader(reader: ByteReader): Promise<ZstdHeader> {
  const head = await reader.peek(ZSTD_HEADER_BYTES);
  const header = parseZstdHeader(head);
  if ((head[4]! & 8) !== 0) throw new InputDamage("the frame's header is none that is known", reader.offset);
  if (header.needsDictionary)
    throw unsupported("the frame needs a dictionary, which is not here", reader.offset);
  await reader.need(header.bytes);
  return header;
}

/** Frame_Header of RFC 8878. Bytes that are missing count as zero. */
export function parseZstdHeader(head: Uint8Array): ZstdHeader {
  const padded = new Uint8Array(ZSTD_HEADER_BYTES);
  padded.set(head.subarray(0, ZSTD_HEADER_BYTES));
  const descriptor = padded[4]!;
  const single = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >>> 6]!;
  const dictionaryAt = single ? 5 : 6;
  const dictionary = padded.subarray(dictionaryAt, dictionaryAt + dictionaryBytes);
  const sizeAt = dictionaryAt + dictionaryBytes;
  const contentBytes = contentSize(padded, sizeAt, sizeBytes);
  const exponent = 2 ** (10 + (padded[5]! >>> 3));
  return {
    bytes: sizeAt + sizeBytes,
    windowBytes: single ? (contentBytes ?? 0) : exponent + (exponent / 8) * (padded[5]! & 7),
    contentBytes,
    hasChecksum: (descriptor & 4) !== 0,
    needsDictionary: dictionary.some((byte) => byte !== 0),
  };
}

function contentSize(bytes: Uint8Array, at: number, length: number): number | undefined {
  if (length === 0) return undefined;
  if (length === 1) return bytes[at]!;
  if (length === 2) return 256 + (uint32(bytes, at) & 0xffff);
  return length === 4 ? uint32(bytes, at) : uint64(bytes, at);
}

/** One frame in pieces: its header, its blocks, its checksum. @throws {InputDamage} when it is not whole */
export async function* zstdBlocks(reader: ByteReader, header: ZstdHeader): Pieces {
  yield await reader.take(header.bytes);
  for (let last = false; !last; ) {
    const { offset } = reader;
    const [low, middle, high] = await reader.need(3);
    const head = low! | (middle! << 8) | (high! << 16);
    const type = (head >>> 1) & 3;
    const bytes = head >>> 3;
    last = (head & 1) === 1;
    if (type === RESERVED || bytes > MAX_BLOCK_BYTES) {
      throw new InputDamage("a block whose header makes no sense", offset);
    }
    yield await reader.take(3 + (type === RLE ? 1 : bytes));
  }
  if (header.hasChecksum) yield await reader.take(4);
}
