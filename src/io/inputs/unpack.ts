import { RdbError } from "../../../parsers/errors.ts";
import { HINT_BYTES, noSnapshot } from "../../../parsers/salvage/header.ts";
import type { ByteSource } from "../../../parsers/window.ts";
import { IoError } from "../../errors.ts";
import { ByteReader, type Pieces } from "./byte-reader.ts";
import { InputDamage } from "./damage.ts";
import { HEAD_BYTES, isBare, unsupportedOf, type Wrapping, wrappingOf } from "./forms.ts";
import { isSkippable, skipFrame } from "./skippable.ts";

/** Wrappings in wrappings: a VCS in a gzip is two. */
const MAX_LAYERS = 4;
/** What a snapshot may become by itself, and how many times its compressed bytes besides. */
const FREE_BYTES = 2 ** 30;
const MAX_RATIO = 250;

/** An input that is being unpacked. */
export interface Unpacking {
  /** Its name, for messages. */
  readonly name: string;
  readonly reader: ByteReader;
  /** Most bytes that it may become; default: 250 times what was read of it, and 1 GiB. */
  readonly maxExpanded: number | undefined;
  /** Whether its beginning may be anything. */
  readonly salvage: boolean;
  /** What it turned out to be wrapped in, outermost first. Complete once the first piece is there. */
  readonly layers: Wrapping["name"][];
}

/**
 * The bare snapshot in an input, whatever it is wrapped in.
 * @throws {RdbError} BAD_COMPRESSION, UNSUPPORTED_INPUT, BAD_MAGIC. @throws {IoError} when it becomes too large
 */
export async function* unpack(unpacking: Unpacking, reader = unpacking.reader): Pieces {
  const { layers } = unpacking;
  let head = await reader.peek(HEAD_BYTES);
  for (; isSkippable(head); head = await reader.peek(HEAD_BYTES)) await skipFrame(reader);
  const wrapping = wrappingOf(head);
  if (wrapping === undefined) {
    if (isOther(head) && !unpacking.salvage) throw noSnapshot(memorySource(await reader.peek(HINT_BYTES)));
    yield* reader.rest();
    return;
  }
  layers.push(wrapping.name);
  if (layers.length > MAX_LAYERS) {
    throw new RdbError("UNSUPPORTED_INPUT", 0, `more than ${MAX_LAYERS} layers: ${layers.join(", ")}`);
  }
  yield* unpack(unpacking, new ByteReader(unwrap(unpacking, wrapping, layers.length, reader)));
}

/** Whether something else than a snapshot begins here. @throws {RdbError} for what is known not to be one */
function isOther(head: Uint8Array): boolean {
  const what = unsupportedOf(head);
  if (what !== undefined) throw new RdbError("UNSUPPORTED_INPUT", 0, what);
  return head.length >= 9 && !isBare(head);
}

function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read(target, targetStart, length, position) {
      const part = bytes.subarray(position, position + length);
      target.set(part, targetStart);
      return part.length;
    },
  };
}

async function* unwrap(
  unpacking: Unpacking,
  { name, unpack }: Wrapping,
  depth: number,
  reader: ByteReader,
): Pieces {
  const { maxExpanded, layers, reader: outermost } = unpacking;
  let bytes = 0;
  try {
    for await (const piece of unpack(reader, unpacking.salvage)) {
      bytes += piece.length;
      const limit = maxExpanded ?? FREE_BYTES + MAX_RATIO * outermost.offset;
      if (bytes > limit) {
        throw new IoError(
          `${unpacking.name} becomes more than ${limit} bytes (${name}): if it may, say so with --max-expanded SIZE`,
        );
      }
      yield piece;
    }
  } catch (error) {
    if (!(error instanceof InputDamage)) throw error;
    const { code, message, offset } = error;
    const inside = `${name} in ${layers.slice(0, depth - 1).join(" in ")}, at byte ${offset} of it`;
    if (depth > 1) throw new RdbError(code, outermost.offset, `${inside}: ${message}`);
    throw new RdbError(code, offset, `${name}: ${message}`);
  }
}
