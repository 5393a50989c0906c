import type { ByteReader, Pieces } from "./byte-reader.ts";
import { InputDamage, unsupported } from "./damage.ts";
import { expandLz4Block } from "./lz4-block.ts";
import { isSkippable, skipFrame } from "./skippable.ts";
import { uint32, uint64 } from "./words.ts";
import { XxHash32 } from "./xxhash32.ts";

export const LZ4_MAGIC = 0x184d2204;
/** Longest frame header: magic, FLG, BD, content size, dictionary, its checksum. */
export const LZ4_HEADER_BYTES = 4 + 2 + 8 + 4 + 1;
/** How far back a match reaches, over the borders of linked blocks too. */
const HISTORY_BYTES = 65536;
const UNCOMPRESSED = 0x80000000;

/** What a frame says of itself. */
interface Lz4Header {
  readonly linked: boolean;
  readonly blockBytes: number;
  readonly blockChecksum: boolean;
  readonly contentChecksum: boolean;
  readonly contentBytes: number | undefined;
}

/** Unpacks LZ4 frames until the end. @throws {InputDamage} */
export async function* unpackLz4(reader: ByteReader): Pieces {
  do {
    const head = await reader.peek(4);
    if (isSkippable(head)) await skipFrame(reader);
    else yield* unpackLz4Frame(reader);
  } while (!(await reader.atEnd()));
}

/**
 * Unpacks one LZ4 frame, as lz4_Frame_format.md, version 1.6.4, has it; all its checksums are checked.
 * @throws {InputDamage}
 */
export async function* unpackLz4Frame(reader: ByteReader): Pieces {
  const header = await readHeader(reader);
  const { blockBytes } = header;
  const buffer = new Uint8Array(HISTORY_BYTES + Math.max(blockBytes, 2 ** 20));
  const checksum = header.contentChecksum ? new XxHash32() : undefined;
  let at = 0;
  let total = 0;
  for (;;) {
    const blockAt = reader.offset;
    const word = uint32(await reader.take(4), 0);
    if (word === 0) break;
    if (at + blockBytes > buffer.length) {
      buffer.copyWithin(0, at - HISTORY_BYTES, at);
      at = HISTORY_BYTES;
    }
    if (!header.linked) at = 0;
    const bytes = (word & ~UNCOMPRESSED) >>> 0;
    if (bytes > blockBytes) throw new InputDamage("a block that is longer than it may be", blockAt);
    const block = await reader.take(bytes);
    let end = at + bytes;
    if (word >= UNCOMPRESSED) buffer.set(block, at);
    else end = expandLz4Block(block, buffer, at, at + blockBytes);
    if (end < 0) throw new InputDamage("a block that cannot be expanded", blockAt);
    if (header.blockChecksum) await check(reader, XxHash32.of(block), "a block", blockAt);
    const content = buffer.subarray(at, end);
    checksum?.update(content);
    total += content.length;
    yield content;
    at = end;
  }
  if (checksum !== undefined) await check(reader, checksum.digest(), "the content", reader.offset);
  if (header.contentBytes !== undefined && header.contentBytes !== total) {
    throw new InputDamage(`it holds ${total} bytes, but says ${header.contentBytes}`, reader.offset);
  }
}

/** Reads the checksum that follows. What was read before may be gone after that. */
async function check(reader: ByteReader, computed: number, what: string, offset: number): Promise<void> {
  if (uint32(await reader.take(4), 0) !== computed) {
    throw new InputDamage(`the checksum of ${what} does not match`, offset);
  }
}

async function readHeader(reader: ByteReader): Promise<Lz4Header> {
  const { offset } = reader;
  if (uint32(await reader.take(4), 0) !== LZ4_MAGIC)
    throw new InputDamage("no LZ4 frame begins here", offset);
  const [flags, descriptor] = await reader.peek(2);
  const { length, ...header } = parseFlags(flags ?? 0, descriptor ?? 0, offset);
  const bytes = (await reader.take(length + 1)).slice();
  if (((XxHash32.of(bytes.subarray(0, length)) >>> 8) & 0xff) !== bytes[length]) {
    throw new InputDamage("the checksum of the frame's header does not match", offset);
  }
  return { ...header, contentBytes: header.hasSize ? uint64(bytes, 2) : undefined };
}

function parseFlags(flags: number, descriptor: number, offset: number) {
  const blockSize = (descriptor >>> 4) & 7;
  if (flags >>> 6 !== 1 || (flags & 2) !== 0 || (descriptor & 0x8f) !== 0 || blockSize < 4) {
    throw new InputDamage("the frame's header is none that is known", offset);
  }
  if ((flags & 1) !== 0) throw unsupported("the frame needs a dictionary, which is not here", offset);
  const hasSize = (flags & 8) !== 0;
  return {
    linked: (flags & 0x20) === 0,
    blockBytes: 2 ** (8 + 2 * blockSize),
    blockChecksum: (flags & 0x10) !== 0,
    contentChecksum: (flags & 4) !== 0,
    hasSize,
    /** Bytes of the descriptor, without its checksum. */
    length: 2 + (hasSize ? 8 : 0),
  };
}

/** Content size of the frame that begins with `head`, if its header says so. */
export function lz4ContentBytes(head: Uint8Array): number | undefined {
  const hasSize = head.length >= 14 && uint32(head, 0) === LZ4_MAGIC && (head[4]! & 8) !== 0;
  return hasSize ? uint64(head, 6) : undefined;
}
