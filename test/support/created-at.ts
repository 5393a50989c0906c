import { le } from "./bytes.ts";
import { crc64Jones } from "./rdb-primitives.ts";

/** The AUX field `ctime` as servers write it since 3.2: its name, then 0xC2, a number of 32 bits. */
const CTIME = Buffer.from("\x05ctime\xc2", "latin1");

/**
 * A server's snapshot as if it had been made at another time (ms since the epoch): its ctime replaced, and the checksum at its end
 * made anew. Nothing else of it is touched.
 */
export function createdAt(snapshot: Buffer, ms: number): Buffer {
  const at = snapshot.indexOf(CTIME);
  if (at < 0) throw new Error("the snapshot has no ctime of 32 bits");
  const moved = Buffer.from(snapshot);
  moved.writeUInt32LE(Math.floor(ms / 1000), at + CTIME.length);
  const body = moved.subarray(0, -8);
  return Buffer.concat([body, le(crc64Jones(body), 8)]);
}
