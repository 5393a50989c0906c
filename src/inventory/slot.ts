/** Tables of CRC16 (XMODEM) for so many bytes at once: what a byte adds, by how many bytes come behind it. */
export function crc16Tables(count: number): readonly Uint16Array[] {
  const tables = Array.from({ length: count }, () => new Uint16Array(256));
  for (let n = 0; n < 256; n++) {
    let crc = n << 8;
    for (const table of tables) {
      for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
      table[n] = crc;
      crc &= 0xffff;
    }
  }
  return tables;
}

const [LAST, THIRD, SECOND, FIRST] = crc16Tables(4) as [Uint16Array, Uint16Array, Uint16Array, Uint16Array];

/** Hash slots of a cluster: CLUSTER_SLOTS, cluster.h, Redis 7.2. */
export const SLOTS = 16384;

const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * Cluster hash slot of a key: CRC16 (XMODEM) of its hash tag, or of the whole name, modulo 16384.
 * Mirrors keyHashSlot(), cluster.c, Redis 7.2. Exact.
 */
export function keyHashSlot(key: Uint8Array, length: number): number {
  for (let open = 0; open < length; open++) {
    if (key[open] !== OPEN) continue;
    let close = open + 1;
    while (close < length && key[close] !== CLOSE) close++;
    if (close < length && close > open + 1) return slotOf(key, open + 1, close);
    break;
  }
  return slotOf(key, 0, length);
}

function slotOf(key: Uint8Array, start: number, end: number): number {
  let crc = 0;
  let i = start;
  for (const last = end - 4; i <= last; i += 4)
    crc =
      FIRST[(crc >> 8) ^ key[i]!]! ^
      SECOND[(crc & 0xff) ^ key[i + 1]!]! ^
      THIRD[key[i + 2]!]! ^
      LAST[key[i + 3]!]!;
  for (; i < end; i++) crc = ((crc << 8) & 0xffff) ^ LAST[(crc >> 8) ^ key[i]!]!;
  return crc & 0x3fff;
}
