import { LANES, Lanes, MAX_LANE_BYTES } from "./crc64-lanes.ts";

/**
 * CRC-64/Jones as in the trailer of a snapshot: reflected polynomial 0x95ac9329ac4bc9b5, start value 0, no final
 * xor. Held as two 32-bit halves because a double has no 64-bit integer. Eight bytes a step (slicing-by-8), in
 * WebAssembly where there are many.
 */
const POLY_HIGH = 0x95ac9329;
const POLY_LOW = 0xac4bc9b5;

const HIGH = new Int32Array(8 * 256);
const LOW = new Int32Array(8 * 256);
for (let n = 0; n < 256; n++) {
  let high = 0;
  let low = n;
  for (let bit = 0; bit < 8; bit++) {
    const carry = low & 1;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    if (carry === 1) {
      high ^= POLY_HIGH;
      low ^= POLY_LOW;
    }
  }
  HIGH[n] = high;
  LOW[n] = low;
}
for (let slice = 1; slice < 8; slice++) {
  for (let n = 0; n < 256; n++) {
    const at = (slice - 1) * 256 + n;
    const low = LOW[at]!;
    HIGH[at + 256] = HIGH[low & 0xff]! ^ (HIGH[at]! >>> 8);
    LOW[at + 256] = LOW[low & 0xff]! ^ ((low >>> 8) | (HIGH[at]! << 24));
  }
}

/** Shorter lanes cost more to combine than they save. */
const MIN_LANE_BYTES = 2048;

/** Made for the first bytes that fill them. */
let lanes: Lanes | undefined;

/** A running CRC-64/Jones: `high` and `low` (int32) hold the value so far. */
export class Crc64 {
  high = 0;
  low = 0;

  reset(): void {
    this.high = 0;
    this.low = 0;
  }

  /** Adds the bytes of the half-open range `[start, end)`. */
  update(bytes: Uint8Array, start: number, end: number): void {
    let p = start;
    while (end - p >= LANES * MIN_LANE_BYTES) {
      const laneBytes = Math.min(MAX_LANE_BYTES, Math.floor((end - p) / (LANES * 8)) * 8);
      this.updateLanes(bytes, p, laneBytes);
      p += LANES * laneBytes;
    }
    this.updateRest(bytes, p, end);
  }

  /** Appends another CRC, taken over the `length` bytes that follow: crc(A+B) from crc(A) and crc(B). */
  append(high: number, low: number, length: number): void {
    this.appendShifted(high, low, powerOfX8(length));
  }

  private updateLanes(bytes: Uint8Array, start: number, laneBytes: number): void {
    lanes ??= new Lanes(HIGH, LOW);
    lanes.update(this, bytes, start, laneBytes);
    const power = laneBytes === MAX_LANE_BYTES ? MAX_LANE_POWER : powerOfX8(laneBytes);
    const { values } = lanes;
    this.low = values[0]!;
    this.high = values[1]!;
    for (let lane = 1; lane < LANES; lane++)
      this.appendShifted(values[lane * 2 + 1]!, values[lane * 2]!, power);
  }

  private appendShifted(high: number, low: number, power: Polynomial): void {
    multiply(this, power.high, power.low);
    this.high ^= high;
    this.low ^= low;
  }

  private updateRest(bytes: Uint8Array, start: number, end: number): void {
    const HI = HIGH;
    const LO = LOW;
    let high = this.high;
    let low = this.low;
    let p = start;
    for (const last = end - 8; p <= last; p += 8) {
      low ^= bytes[p]! | (bytes[p + 1]! << 8) | (bytes[p + 2]! << 16) | (bytes[p + 3]! << 24);
      high ^= bytes[p + 4]! | (bytes[p + 5]! << 8) | (bytes[p + 6]! << 16) | (bytes[p + 7]! << 24);
      const a = 1792 + (low & 0xff);
      const b = 1536 + ((low >>> 8) & 0xff);
      const c = 1280 + ((low >>> 16) & 0xff);
      const d = 1024 + (low >>> 24);
      const e = 768 + (high & 0xff);
      const f = 512 + ((high >>> 8) & 0xff);
      const g = 256 + ((high >>> 16) & 0xff);
      const h = high >>> 24;
      high = HI[a]! ^ HI[b]! ^ HI[c]! ^ HI[d]! ^ HI[e]! ^ HI[f]! ^ HI[g]! ^ HI[h]!;
      low = LO[a]! ^ LO[b]! ^ LO[c]! ^ LO[d]! ^ LO[e]! ^ LO[f]! ^ LO[g]! ^ LO[h]!;
    }
    for (; p < end; p++) {
      const n = (low ^ bytes[p]!) & 0xff;
      low = LO[n]! ^ ((low >>> 8) | (high << 24));
      high = HI[n]! ^ (high >>> 8);
    }
    this.high = high;
    this.low = low;
  }
}

interface Polynomial {
  high: number;
  low: number;
}

/** Multiplies modulo the CRC polynomial, in place; bit 63 of the reflected form is x^0. */
function multiply(a: Polynomial, bHigh: number, bLow: number): void {
  let aHigh = a.high;
  let aLow = a.low;
  let high = 0;
  let low = 0;
  for (let bit = 63; bit >= 0; bit--) {
    const set = bit >= 32 ? (bHigh >>> (bit - 32)) & 1 : (bLow >>> bit) & 1;
    if (set === 1) {
      high ^= aHigh;
      low ^= aLow;
    }
    const carry = aLow & 1;
    aLow = (aLow >>> 1) | (aHigh << 31);
    aHigh >>>= 1;
    if (carry === 1) {
      aHigh ^= POLY_HIGH;
      aLow ^= POLY_LOW;
    }
  }
  a.high = high;
  a.low = low;
}

/** x^(8·bytes) modulo the polynomial: what appending that many zero bytes multiplies a CRC by. */
function powerOfX8(bytes: number): Polynomial {
  const result = { high: 0x80000000 | 0, low: 0 };
  const square = { high: 0x00800000, low: 0 };
  for (let left = bytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) multiply(result, square.high, square.low);
    multiply(square, square.high, square.low);
  }
  return result;
}

const MAX_LANE_POWER = powerOfX8(MAX_LANE_BYTES);
