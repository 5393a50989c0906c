import { closeSync, openSync, writeSync } from "node:fs";
import { Crc64 } from "../parsers/crc64.ts";

const BUFFER_BYTES = 4 << 20;
/** No single put may be longer. */
const SLACK_BYTES = 1 << 20;

/** 2026-11-01T00:00:00Z in ms: the time every generated snapshot says it was made. */
export const CREATED_AT_MS = 1_793_491_200_000;

const LETTERS = Buffer.from("abcdefghijklmnopqrstuvwxyz0123456789      ABCDEFGHIJKLMNOPQRST{}");
const HEX = Buffer.from("0123456789abcdef");

/** What a server says of itself in the AUX fields of a snapshot. */
interface Saved {
  readonly createdAtMs?: number;
  readonly usedMemory?: number;
  /** Of one that replicates: 40 hex digits, and how far its stream is. */
  readonly replication?: { readonly id: string; readonly offset: number };
}

/** Writes an RDB file front to back through one buffer; CRC on the way. Also the seeded source of its random content. */
export class RdbWriter {
  readonly buffer = Buffer.alloc(BUFFER_BYTES + SLACK_BYTES);
  at = 0;
  private written = 0;
  private readonly fd: number;
  private readonly crc = new Crc64();
  private state: number;
  /** Random text to copy values from. */
  private readonly noise = Buffer.alloc(SLACK_BYTES);

  constructor(path: string, seed: number) {
    this.fd = openSync(path, "w");
    this.state = seed | 0 || 1;
    for (let i = 0; i < this.noise.length; i++) this.noise[i] = LETTERS[this.random() & 63]!;
  }

  /** Bytes put so far. */
  get size(): number {
    return this.written + this.at;
  }

  /** A random uint32 (xorshift). */
  random(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return x >>> 0;
  }

  /** A random integer in `[from, to)`. */
  between(from: number, to: number): number {
    return from + (this.random() % (to - from));
  }

  /** The head of a file: magic, AUX fields, and db 0 with its sizes; `of` is the server it was saved by. */
  header(keys: number, expires: number, of: Saved = {}): void {
    const { createdAtMs = CREATED_AT_MS, usedMemory = keys * 200, replication } = of;
    this.text("REDIS0010");
    this.aux("redis-ver", "7.0.15");
    this.aux("redis-bits", "64");
    this.aux("ctime", String(createdAtMs / 1000));
    this.aux("used-mem", String(usedMemory));
    if (replication !== undefined) {
      this.aux("repl-stream-db", "0");
      this.aux("repl-id", replication.id);
      this.aux("repl-offset", String(replication.offset));
    }
    this.aux("aof-base", "0");
    this.byte(0xfe);
    this.length(0);
    this.byte(0xfb);
    this.length(keys);
    this.length(expires);
  }

  /** An EXPIRETIME_MS opcode. */
  expireAt(ms: number): void {
    this.byte(0xfc);
    this.uint32le(ms % 0x100000000);
    this.uint32le(Math.floor(ms / 0x100000000));
  }

  byte(value: number): void {
    if (this.at >= BUFFER_BYTES) this.flush();
    this.buffer[this.at++] = value;
  }

  uint32le(value: number): void {
    this.at = this.buffer.writeUInt32LE(value >>> 0, this.room(4));
  }

  /** A little-endian double, as in ZSET_2. */
  double(value: number): void {
    this.at = this.buffer.writeDoubleLE(value, this.room(8));
  }

  /** An RDB length. */
  length(value: number): void {
    if (value < 64) this.byte(value);
    else if (value < 16384) {
      this.byte(0x40 | (value >> 8));
      this.byte(value & 0xff);
    } else if (value < 0x100000000) {
      this.byte(0x80);
      this.at = this.buffer.writeUInt32BE(value, this.room(4));
    } else {
      this.byte(0x81);
      this.at = this.buffer.writeBigUInt64BE(BigInt(value), this.room(8));
    }
  }

  /** ASCII text without a length. */
  text(value: string): void {
    this.at = this.room(value.length) + value.length;
    for (let i = 0, p = this.at - value.length; i < value.length; i++) this.buffer[p++] = value.charCodeAt(i);
  }

  /** ASCII text as an RDB string. */
  string(value: string): void {
    this.length(value.length);
    this.text(value);
  }

  /** Raw bytes of at most 1 MB. */
  bytes(source: Uint8Array, start: number, end: number): void {
    const at = this.room(end - start);
    this.buffer.set(source.subarray(start, end), at);
    this.at = at + end - start;
  }

  /** `count` bytes of random text (at most 1 MB at a time) without a length. */
  filler(count: number): void {
    const from = this.random() % (this.noise.length - count + 1);
    this.at = this.room(count) + this.noise.copy(this.buffer, this.at, from, from + count);
  }

  /** `count` random hex digits without a length. */
  hex(count: number): void {
    this.room(count);
    let bits = 0;
    for (let i = 0; i < count; i++) {
      if ((i & 7) === 0) bits = this.random();
      this.buffer[this.at++] = HEX[bits & 15]!;
      bits >>>= 4;
    }
  }

  /** Writes EOF and the checksum, closes; the file's bytes. */
  finish(): number {
    this.byte(0xff);
    this.flush();
    const { low, high } = this.crc;
    this.uint32le(low);
    this.uint32le(high);
    this.flush();
    closeSync(this.fd);
    return this.written;
  }

  private aux(name: string, value: string): void {
    this.byte(0xfa);
    this.string(name);
    this.string(value);
  }

  private room(count: number): number {
    if (this.at + count > this.buffer.length) this.flush();
    else if (this.at >= BUFFER_BYTES) this.flush();
    return this.at;
  }

  private flush(): void {
    this.crc.update(this.buffer, 0, this.at);
    for (let from = 0; from < this.at; ) from += writeSync(this.fd, this.buffer, from, this.at - from);
    this.written += this.at;
    this.at = 0;
  }
}
