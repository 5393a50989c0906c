import { XxHash32 } from "../../src/io/inputs/xxhash32.ts";

const word = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};

function* parts(content: Uint8Array, length: number): Iterable<Uint8Array> {
  for (let at = 0; at < content.length; at += length) yield content.subarray(at, at + length);
}

/** One LZ4 frame of uncompressed blocks, with a checksum of its content. */
export function lz4Frame(content: Uint8Array): Buffer {
  const descriptor = Buffer.from([0x64, 0x40]);
  const blocks = [...parts(content, 65536)].flatMap((part) => [word(part.length + 0x80000000), part]);
  const headerChecksum = Buffer.from([(XxHash32.of(descriptor) >>> 8) & 0xff]);
  const end = [word(0), word(XxHash32.of(content))];
  return Buffer.concat([word(0x184d2204), descriptor, headerChecksum, ...blocks, ...end]);
}

/** One zstd frame of raw blocks, without a checksum, its window 128 KiB. */
export function zstdFrame(content: Uint8Array): Buffer {
  const pieces = [...parts(content, 2 ** 17), new Uint8Array(0)];
  const blocks = pieces.flatMap((part, i) => {
    const head = (part.length << 3) | Number(i === pieces.length - 1);
    return [word(head).subarray(0, 3), part];
  });
  return Buffer.concat([word(0xfd2fb528), Buffer.from([0, 7 << 3]), ...blocks]);
}

/** Valkey's envelope. */
export function vcs(content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from("VCS\x01\x01\x00\x01", "latin1"), lz4Frame(content)]);
}

/** The mark of a diskless dump. */
export const MARK = "0123456789abcdef0123456789abcdef01234567";

/** What a server sends to replicas without writing it to disk. */
export function diskless(content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`$EOF:${MARK}\r\n`), content, Buffer.from(MARK)]);
}

/** Commands as an AOF has them. */
export const COMMANDS = "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n";

/** A multi-part AOF by file names: its base is `base`. */
export function aofFiles(base: Uint8Array): Record<string, Uint8Array | string> {
  return {
    "appendonly.aof.7.base.rdb": base,
    "appendonly.aof.3.incr.aof": COMMANDS,
    "appendonly.aof.manifest":
      "file appendonly.aof.7.base.rdb seq 7 type b\nfile appendonly.aof.3.incr.aof seq 3 type i\n",
  };
}
