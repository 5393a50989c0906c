/** What a byte adds to the CRC, by how many bytes come behind it: four are taken at once. */
const TABLES = [0, 1, 2, 3].map(() => new Uint16Array(256)) as [
  Uint16Array,
  Uint16Array,
  Uint16Array,
  Uint16Array,
];
const [LAST, THIRD, SECOND, FIRST] = TABLES;
for (let n = 0; n < 256; n++) {
  let crc = n << 8;
  for (const table of TABLES) {
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
    table[n] = crc;
    crc &= 0xffff;
  }
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
