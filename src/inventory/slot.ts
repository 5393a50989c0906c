const TABLE = new Uint16Array(256);
for (let n = 0; n < 256; n++) {
  let crc = n << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  TABLE[n] = crc;
}

/** Hash slots of a cluster: CLUSTER_SLOTS, cluster.h, Redis 7.2. */
export const SLOTS = 16384;

const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * Cluster hash slot of a key: CRC16 (XMODEM) of its hash tag, or of the whole name, modulo 16384.
 * Mirrors keyHashSlot(), cluster.c, Redis 7.2. Exact.
 */
export function keyHashSlot(key: Uint8Array, length: number): number {
  let start = 0;
  let end = length;
  for (let i = 0; i < length; i++) {
    if (key[i] !== OPEN) continue;
    let close = i + 1;
    while (close < length && key[close] !== CLOSE) close++;
    if (close < length && close > i + 1) {
      start = i + 1;
      end = close;
    }
    break;
  }
  let crc = 0;
  for (let i = start; i < end; i++) crc = ((crc << 8) & 0xffff) ^ TABLE[(crc >> 8) ^ key[i]!]!;
  return crc & 0x3fff;
}
