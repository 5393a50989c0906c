import { Striped, word } from "./striped.ts";

/** A number of 64 bits as two int32. */
type Word = readonly [high: number, low: number];

const PRIME_1: Word = [0x9e3779b1 | 0, 0x85ebca87 | 0];
const PRIME_2: Word = [0xc2b2ae3d | 0, 0x27d4eb4f];
const PRIME_3: Word = [0x165667b1, 0x9e3779f9 | 0];
const PRIME_4: Word = [0x85ebca77 | 0, 0xc2b2ae63 | 0];
const PRIME_5: Word = [0x27d4eb2f, 0x165667c5];
const STRIPE = 32;

/** Upper half of the product of two unsigned 32-bit numbers. */
function upperProduct(a: number, b: number): number {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  const middle = al * bh + ((al * bl) >>> 16);
  const other = ah * bl + (middle & 0xffff);
  return (ah * bh + Math.floor(middle / 65536) + Math.floor(other / 65536)) | 0;
}

/** `[high, low]` of what was last computed: numbers of 64 bits without an object each. */
const product = new Int32Array(2);

function multiply(high: number, low: number, [otherHigh, otherLow]: Word): void {
  product[0] = upperProduct(low, otherLow) + Math.imul(high, otherLow) + Math.imul(low, otherHigh);
  product[1] = Math.imul(low, otherLow);
}

/** Rotates `product` left by `bits`, 1 to 31. */
function rotate(bits: number): void {
  const high = product[0]!;
  const low = product[1]!;
  product[0] = (high << bits) | (low >>> (32 - bits));
  product[1] = (low << bits) | (high >>> (32 - bits));
}

function add(high: number, low: number): void {
  const sum = (product[1]! >>> 0) + (low >>> 0);
  product[0] = product[0]! + high + (sum > 0xffffffff ? 1 : 0);
  product[1] = sum | 0;
}

/** `product = rotl(sum + input * PRIME_2, 31) * PRIME_1`: the specification's round. */
function round(sumHigh: number, sumLow: number, inputHigh: number, inputLow: number): void {
  multiply(inputHigh, inputLow, PRIME_2);
  add(sumHigh, sumLow);
  rotate(31);
  multiply(product[0]!, product[1]!, PRIME_1);
}

/** XXH64 with seed 0, of bytes that come in pieces. As the xxHash specification, version 0.1.1, has it. */
export class XxHash64 extends Striped {
  private readonly lanes = new Int32Array([...sum(PRIME_1, PRIME_2), ...PRIME_2, 0, 0, ...minus(PRIME_1)]);

  constructor() {
    super(STRIPE);
  }

  /** The lower 32 bits of the hash so far, unsigned: what a zstd frame ends with. */
  lowDigest(): number {
    if (this.total < STRIPE) product.set(PRIME_5);
    else this.converge();
    add(Math.floor(this.total / 2 ** 32), this.total | 0);
    this.finish();
    this.avalanche();
    return product[1]! >>> 0;
  }

  protected override stripes(bytes: Uint8Array, start: number, end: number): void {
    const { lanes } = this;
    for (let at = start; at < end; at += STRIPE) {
      for (let lane = 0; lane < 8; lane += 2) {
        const from = at + lane * 4;
        round(lanes[lane]!, lanes[lane + 1]!, word(bytes, from + 4), word(bytes, from));
        lanes[lane] = product[0]!;
        lanes[lane + 1] = product[1]!;
      }
    }
  }

  private converge(): void {
    const { lanes } = this;
    let hash: Word = [0, 0];
    for (const [lane, bits] of [1, 7, 12, 18].entries()) {
      product.set(lanes.subarray(2 * lane, 2 * lane + 2));
      rotate(bits);
      add(...hash);
      hash = [product[0]!, product[1]!];
    }
    for (let lane = 0; lane < 8; lane += 2) {
      round(0, 0, lanes[lane]!, lanes[lane + 1]!);
      multiply(product[0]! ^ hash[0], product[1]! ^ hash[1], PRIME_1);
      add(...PRIME_4);
      hash = [product[0]!, product[1]!];
    }
    product.set(hash);
  }

  /** Takes in what is left behind the last stripe: eights, a four, ones. */
  private finish(): void {
    const { pending, pendingBytes } = this;
    let at = 0;
    for (; at + 8 <= pendingBytes; at += 8) {
      const [high, low] = [product[0]!, product[1]!];
      round(0, 0, word(pending, at + 4), word(pending, at));
      mix(high, low, product[0]!, product[1]!, 27, PRIME_1, PRIME_4);
    }
    if (at + 4 <= pendingBytes) {
      const [high, low] = [product[0]!, product[1]!];
      multiply(0, word(pending, at), PRIME_1);
      mix(high, low, product[0]!, product[1]!, 23, PRIME_2, PRIME_3);
      at += 4;
    }
    for (; at < pendingBytes; at++) {
      const [high, low] = [product[0]!, product[1]!];
      multiply(0, pending[at]!, PRIME_5);
      mix(high, low, product[0]!, product[1]!, 11, PRIME_1, [0, 0]);
    }
  }

  private avalanche(): void {
    // hash ^= hash >>> 33; the upper half goes down, and 1 bit further
    product[1] = product[1]! ^ (product[0]! >>> 1);
    multiply(product[0]!, product[1]!, PRIME_2);
    const [high, low] = [product[0]!, product[1]!];
    product[0] = high ^ (high >>> 29);
    product[1] = low ^ ((low >>> 29) | (high << 3));
    multiply(product[0]!, product[1]!, PRIME_3);
    product[1] = product[1]! ^ product[0]!;
  }
}

function mix(
  high: number,
  low: number,
  otherHigh: number,
  otherLow: number,
  bits: number,
  factor: Word,
  plus: Word,
): void {
  product[0] = high ^ otherHigh;
  product[1] = low ^ otherLow;
  rotate(bits);
  multiply(product[0]!, product[1]!, factor);
  add(...plus);
}

function sum(a: Word, b: Word): Word {
  product.set(a);
  add(...b);
  return [product[0]!, product[1]!];
}

function minus([high, low]: Word): Word {
  product.set([~high, ~low]);
  add(0, 1);
  return [product[0]!, product[1]!];
}
