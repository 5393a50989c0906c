import { Crc64 } from "../../parsers/crc64.ts";
import type { RdbHeader } from "../../parsers/header.ts";
import type { RecordReader } from "../../parsers/records.ts";
import type { ByteSource } from "../../parsers/window.ts";
import type { RespWriter } from "./resp-writer.ts";

const PIECE_BYTES = 65536;
/** RDB version and CRC64: createDumpPayload(), cluster.c, Redis 7.2. */
const FOOTER_BYTES = 10;

/** Writes records as RESTORE of what DUMP would answer: type byte, the value as it is in the snapshot, version, CRC64. */
export class RestoreWriter {
  private readonly source: ByteSource;
  private readonly version: number;
  private readonly resp: RespWriter;
  private readonly crc = new Crc64();
  private readonly piece = new Uint8Array(PIECE_BYTES);

  constructor(source: ByteSource, { version }: RdbHeader, resp: RespWriter) {
    this.source = source;
    this.version = version;
    this.resp = resp;
  }

  /** Writes the record that was just read or stepped over. */
  write(record: RecordReader): void {
    const { valueOffset, typeCode, hasExpiry, expiresAt } = record;
    const end = record.recordOffset + record.recordBytes;
    const { out } = this.resp;
    const options = optionsOf(record);
    out.text(`*${4 + options.length}\r\n`);
    this.resp.argument("RESTORE");
    this.resp.bulk(record.key, 0, record.keyLength);
    this.resp.argument(hasExpiry ? String(Math.max(1, expiresAt)) : "0");
    out.text(`$${1 + (end - valueOffset) + FOOTER_BYTES}\r\n`);
    this.crc.reset();
    this.add(Uint8Array.of(typeCode), 1);
    for (let at = valueOffset; at < end; ) {
      const got = this.source.read(this.piece, 0, Math.min(PIECE_BYTES, end - at), at);
      if (got === 0) break;
      this.add(this.piece, got);
      at += got;
    }
    this.add(Uint8Array.of(this.version & 0xff, this.version >> 8), 2);
    const sum = new Uint8Array(8);
    const view = new DataView(sum.buffer);
    view.setInt32(0, this.crc.low, true);
    view.setInt32(4, this.crc.high, true);
    out.bytes(sum, 0, 8);
    out.text("\r\n");
    for (const option of options) this.resp.argument(option);
  }

  private add(bytes: Uint8Array, length: number): void {
    this.crc.update(bytes, 0, length);
    this.resp.out.bytes(bytes, 0, length);
  }
}

function optionsOf({ hasExpiry, idleSeconds, freq }: RecordReader): string[] {
  return [
    ...(hasExpiry ? ["ABSTTL"] : []),
    ...(idleSeconds >= 0 ? ["IDLETIME", String(idleSeconds)] : []),
    ...(freq >= 0 && idleSeconds < 0 ? ["FREQ", String(freq)] : []),
  ];
}
