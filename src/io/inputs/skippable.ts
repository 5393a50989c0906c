import type { ByteReader } from "./byte-reader.ts";
import { uint32 } from "./words.ts";

/** LZ4 and zstd alike have frames without content: one of 16 magic numbers, and a length. */
export function isSkippable(head: Uint8Array): boolean {
  return head.length >= 4 && (uint32(head, 0) & 0xfffffff0) >>> 0 === 0x184d2a50;
}

/** Steps over a frame that `isSkippable`. @throws {InputDamage} when it is not whole */
export async function skipFrame(reader: ByteReader): Promise<void> {
  const head = await reader.take(8);
  await reader.skip(uint32(head, 4));
}
