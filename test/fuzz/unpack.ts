import { len } from "../support/rdb-primitives.ts";
import { placesOf } from "./places.ts";

const MAX_PLAIN_BYTES = 2 ** 20;

/** Expands LZF data; undefined when it is damaged. */
export function lzfExpand(packed: Uint8Array, size: number): Buffer | undefined {
  if (size < 0 || size > MAX_PLAIN_BYTES) return undefined;
  const out = Buffer.alloc(size);
  let at = 0;
  for (let p = 0; p < packed.length; ) {
    const control = packed[p++]!;
    if (control < 0x20) {
      if (at + control + 1 > size || p + control + 1 > packed.length) return undefined;
      for (let i = 0; i <= control; i++) out[at++] = packed[p++]!;
      continue;
    }
    let run = control >> 5;
    if (run === 7) run += packed[p++] ?? 0;
    const from = at - (((control & 0x1f) << 8) | (packed[p++] ?? 0)) - 1;
    if (from < 0 || at + run + 2 > size) return undefined;
    for (let i = 0; i < run + 2; i++) out[at + i] = out[from + i]!;
    at += run + 2;
  }
  return at === size ? out : undefined;
}

/** A snapshot with every LZF string expanded, so that what is in them can be changed. Its checksum is off. */
export function unpacked(bytes: Buffer): Buffer | undefined {
  const { strings } = placesOf(bytes);
  const parts: Buffer[] = [];
  let done = 0;
  for (const { at, content, end, plain } of strings) {
    if (plain === undefined || at < done) continue;
    const expanded = lzfExpand(bytes.subarray(content, end), plain);
    if (expanded === undefined) continue;
    parts.push(bytes.subarray(done, at), len(plain), expanded);
    done = end;
  }
  return done === 0 ? undefined : Buffer.concat([...parts, bytes.subarray(done)]);
}
