/** Below this many bytes a loop is faster than a call. */
const SHORT = 32;

/**
 * Expands one LZ4 block, `source[start, end)`, to `target[at…limit)`; matches may reach back to `target[0]`.
 * Returns the place behind what was written, or -1 when the block is damaged. As lz4_Block_format.md, LZ4 1.10, has it.
 */
export function expandLz4Block(
  source: Uint8Array,
  target: Uint8Array,
  at: number,
  limit: number,
  start = 0,
  end = source.length,
): number {
  let from = start;
  let to = at;
  while (from < end) {
    const token = source[from++]!;
    let literals = token >>> 4;
    if (literals === 15) {
      let more = 255;
      while (more === 255 && from < end) {
        more = source[from++]!;
        literals += more;
      }
    }
    if (literals > end - from || literals > limit - to) return -1;
    if (literals < SHORT) for (let i = 0; i < literals; i++) target[to + i] = source[from + i]!;
    else target.set(source.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    if (from === end) return to; // The last sequence has literals only.
    if (end - from < 2) return -1;
    const distance = source[from]! | (source[from + 1]! << 8);
    from += 2;
    let length = (token & 15) + 4;
    if (length === 19) {
      let more = 255;
      while (more === 255 && from < end) {
        more = source[from++]!;
        length += more;
      }
    }
    if (distance === 0 || distance > to || length > limit - to) return -1;
    const match = to - distance;
    if (length >= SHORT && distance >= length) target.copyWithin(to, match, match + length);
    else for (let i = 0; i < length; i++) target[to + i] = target[match + i]!;
    to += length;
  }
  return -1; // A block ends with literals, be they none.
}
