/** Rounds a word and at the end, as HalfSipHash-1-3 has them. */
const FINAL_ROUNDS = 3;

/**
 * HalfSipHash-1-3 (Aumasson and Bernstein's SipHash with 32-bit words) of a database and a name, and of facts behind them: whoever
 * does not have the key, which is made anew for each run, cannot choose names or facts that collide. The words it gives are 32
 * bits each, signed.
 */
export class RowHash {
  /** What `name`, `nameAgain` and `facts` gave. */
  readonly out = new Int32Array(2);
  private readonly key: Int32Array;
  private readonly state = new Int32Array(4);

  /** `key`: two random words. */
  constructor(key: Int32Array) {
    this.key = key;
  }

  /** Hashes the name in `[start, start + length)` of a view; returns the first word. */
  name(view: DataView, start: number, length: number, db: number): number {
    const { key, state } = this;
    let v0 = key[0]!;
    let v1 = key[1]! ^ 0xee;
    let v2 = key[0]! ^ 0x6c796765;
    let v3 = key[1]! ^ 0x74656462;
    const end = start + (length & ~3);
    let at = start - 8;
    while (at <= end) {
      let m: number;
      if (at >= start) {
        m = at < end ? view.getInt32(at, true) : this.lastWord(view, end, length & 3);
      } else m = at === start - 8 ? db | 0 : length;
      at += 4;
      v3 ^= m;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= m;
    }
    state[0] = v0;
    state[1] = v1;
    state[2] = v2 ^ 0xee;
    state[3] = v3;
    return this.finish();
  }

  /** The second word of the name that was hashed last. */
  nameAgain(): number {
    this.state[1]! ^= 0xdd;
    return this.finish();
  }

  /** Hashes `count` words of facts behind the name that was hashed last; both words go to `out`. */
  facts(words: Int32Array, count: number): void {
    const { state, out } = this;
    let [v0, v1, v2, v3] = [state[0]!, state[1]!, state[2]!, state[3]!];
    for (let i = 0; i < count; i++) {
      const m = words[i]!;
      v3 ^= m;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= m;
    }
    state[0] = v0;
    state[1] = v1;
    state[2] = v2 ^ 0xee;
    state[3] = v3;
    out[0] = this.finish();
    state[1]! ^= 0xdd;
    out[1] = this.finish();
  }

  private finish(): number {
    const { state } = this;
    let v0 = state[0]!;
    let v1 = state[1]!;
    let v2 = state[2]!;
    let v3 = state[3]!;
    for (let i = 0; i < FINAL_ROUNDS; i++) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
    }
    state[0] = v0;
    state[1] = v1;
    state[2] = v2;
    state[3] = v3;
    return v1 ^ v3;
  }

  private lastWord(view: DataView, at: number, count: number): number {
    let word = 0;
    for (let i = 0; i < count; i++) word |= view.getUint8(at + i) << (8 * i);
    return word;
  }
}
