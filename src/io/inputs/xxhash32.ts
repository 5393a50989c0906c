import { Striped, word } from "./striped.ts";

const PRIME_1 = 0x9e3779b1 | 0;
const PRIME_2 = 0x85ebca77 | 0;
const PRIME_3 = 0xc2b2ae3d | 0;
const PRIME_4 = 0x27d4eb2f;
const PRIME_5 = 0x165667b1;
const STRIPE = 16;

const rotate = (value: number, bits: number) => (value << bits) | (value >>> (32 - bits));
const lane = (sum: number, word: number) =>
  Math.imul(rotate((sum + Math.imul(word, PRIME_2)) | 0, 13), PRIME_1);

/** XXH32 with seed 0, of bytes that come in pieces. As the xxHash specification, version 0.1.1, has it. */
export class XxHash32 extends Striped {
  private a = (PRIME_1 + PRIME_2) | 0;
  private b = PRIME_2;
  private c = 0;
  private d = -PRIME_1 | 0;

  constructor() {
    super(STRIPE);
  }

  /** The hash of `bytes` alone, unsigned. */
  static of(bytes: Uint8Array): number {
    return new XxHash32().update(bytes).digest();
  }

  /** The hash so far, unsigned. */
  digest(): number {
    const { a, b, c, d, pending, pendingBytes } = this;
    let hash =
      this.total < STRIPE ? PRIME_5 : (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0;
    hash = (hash + this.total) | 0;
    let at = 0;
    for (; at + 4 <= pendingBytes; at += 4) {
      hash = Math.imul(rotate((hash + Math.imul(word(pending, at), PRIME_3)) | 0, 17), PRIME_4);
    }
    for (; at < pendingBytes; at++) {
      hash = Math.imul(rotate((hash + Math.imul(pending[at]!, PRIME_5)) | 0, 11), PRIME_1);
    }
    hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
    hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  protected override stripes(bytes: Uint8Array, start: number, end: number): void {
    let { a, b, c, d } = this;
    for (let at = start; at < end; at += STRIPE) {
      a = lane(a, word(bytes, at));
      b = lane(b, word(bytes, at + 4));
      c = lane(c, word(bytes, at + 8));
      d = lane(d, word(bytes, at + 12));
    }
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }
}
