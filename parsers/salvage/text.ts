import { HEADER_BYTES } from "../header.ts";
import { IGNORE_ALL, type ValueVisitor } from "../visitor.ts";

/** Bytes of a name that are looked at, and bits that it can be worth. */
export const NAME_BYTES = 1024;
const MAX_NAME_BITS = 24;
/** Names are short: each doubling of the length beyond this costs as much. */
const USUAL_NAME_BYTES = 64;
const DOUBLING_BITS = 4;
/** A name of few different bytes says little, as runs of one byte are everywhere. */
const DISTINCT_BITS = 3;
const BINARY_NAME_BYTES = 8;
const BINARY_DISTINCT_BYTES = 6;
const BINARY_NAME_BITS = 2;
const CONTROL_BITS = -8;
const MIN_NAME_BITS = -8;
/** Bytes of each element that are looked at, if it is no longer than that, and bits that all elements can be worth. */
const ELEMENT_BYTES = 8;
const SHORT_ELEMENT_BYTES = 64;
const MAX_ELEMENT_BITS = 32;
/** A packed value that holds together: its lengths, its end and its number of entries agree. */
const PACKED_BITS = 24;
const MAGIC = /^(?:REDIS\d{4}|VALKEY\d{3})$/;

/**
 * Bits that the first `looked` of `length` bytes are worth as a name: one for each printable byte, a half for one that
 * may be of UTF-8. Binary names are known by their many different bytes: zeros and counters have few.
 */
export function nameBits(bytes: Uint8Array, start: number, looked: number, length: number): number {
  let printable = 0;
  let controls = 0;
  const seen = new Set<number>();
  for (let i = start; i < start + looked; i++) {
    const byte = bytes[i]!;
    if (seen.size < MAX_NAME_BITS) seen.add(byte);
    if (byte < 0x20 || byte === 0x7f) controls++;
    else printable += byte < 0x80 ? 1 : 0.5;
  }
  const tooLong = Math.max(0, Math.log2(length / USUAL_NAME_BYTES)) * DOUBLING_BITS;
  if (controls === 0) return Math.min(printable, MAX_NAME_BITS, seen.size * DISTINCT_BITS) - tooLong;
  const isBinary = length >= BINARY_NAME_BYTES && seen.size >= BINARY_DISTINCT_BYTES;
  return (
    (isBinary ? BINARY_NAME_BITS : Math.max(MIN_NAME_BITS, printable + controls * CONTROL_BITS)) - tooLong
  );
}

/** Whether a text is a snapshot: its records are none of the snapshot it stands in. */
function isSnapshot(bytes: number, buffer: Uint8Array, start: number): boolean {
  const first = buffer[start];
  if (bytes < HEADER_BYTES || (first !== 0x52 && first !== 0x56)) return false;
  return MAGIC.test(String.fromCharCode(...buffer.subarray(start, start + HEADER_BYTES)));
}

/** Counts bits of what a walk over a value reports. */
export class TextEvidence implements ValueVisitor {
  bits = 0;
  /** Of snapshots in the value: as many as everything in them could be worth. */
  snapshotBits = 0;

  reset(): void {
    this.bits = 0;
    this.snapshotBits = 0;
  }

  text(bytes: number, buffer: Uint8Array, start: number): void {
    if (isSnapshot(bytes, buffer, start)) this.snapshotBits += bytes * 8;
    if (this.bits >= MAX_ELEMENT_BITS || bytes > SHORT_ELEMENT_BYTES) return;
    let bits = 0;
    const end = start + Math.min(bytes, ELEMENT_BYTES);
    for (let i = start; i < end; i++) {
      if (buffer[i]! < 0x20) return;
      if (buffer[i]! < 0x7f) bits += 0.5;
    }
    this.bits = Math.min(MAX_ELEMENT_BITS, this.bits + bits);
  }

  blob(): void {
    this.bits = Math.min(MAX_ELEMENT_BITS, this.bits + PACKED_BITS);
  }

  begin = IGNORE_ALL.begin;
  plainNode = IGNORE_ALL.plainNode;
  integer = IGNORE_ALL.integer;
  score = IGNORE_ALL.score;
  fieldExpiry = IGNORE_ALL.fieldExpiry;
  streamNode = IGNORE_ALL.streamNode;
  streamLength = IGNORE_ALL.streamLength;
  streamGroup = IGNORE_ALL.streamGroup;
  streamPending = IGNORE_ALL.streamPending;
  streamConsumer = IGNORE_ALL.streamConsumer;
  streamConsumerPending = IGNORE_ALL.streamConsumerPending;
  streamProducer = IGNORE_ALL.streamProducer;
  streamProducerId = IGNORE_ALL.streamProducerId;
  module = IGNORE_ALL.module;
  vectorNode = IGNORE_ALL.vectorNode;
  vectorSet = IGNORE_ALL.vectorSet;
  template = IGNORE_ALL.template;
  end = IGNORE_ALL.end;
}
