import { CODE } from "./crc64-code.ts";
import { instantiate, type WithMemory } from "./wasm.ts";

interface Exports extends WithMemory {
  readonly update: (laneBytes: number) => void;
}

export const LANES = 3;
/** Most that a lane holds; a multiple of eight. */
export const MAX_LANE_BYTES = 16_360;
/** As crc64.wat has them. */
const VALUES_AT = 16_384;
const LANES_AT = 16_448;

/** Neighbouring pieces of what is summed, each with a value of its own: see crc64.wat. */
export class Lanes {
  /** Low and high half (int32) of each lane. */
  readonly values: Int32Array;
  private readonly bytes: Uint8Array;
  private readonly run: (laneBytes: number) => void;

  /** The halves of the tables of slicing-by-8, by table and byte. */
  constructor(high: Int32Array, low: Int32Array) {
    const exports = instantiate<Exports>(CODE);
    const { buffer } = exports.memory;
    const tables = new Int32Array(buffer, 0, high.length * 2);
    for (let i = 0; i < high.length; i++) {
      tables[i * 2] = low[i]!;
      tables[i * 2 + 1] = high[i]!;
    }
    this.values = new Int32Array(buffer, VALUES_AT, LANES * 2);
    this.bytes = new Uint8Array(buffer, LANES_AT, LANES * MAX_LANE_BYTES);
    this.run = exports.update;
  }

  /**
   * Sums the `LANES * laneBytes` bytes at `start`, lanes being a multiple of eight bytes long: the first goes on from a value, the
   * others begin anew.
   */
  update(
    from: { readonly high: number; readonly low: number },
    bytes: Uint8Array,
    start: number,
    laneBytes: number,
  ): void {
    const { values } = this;
    values.fill(0);
    values[0] = from.low;
    values[1] = from.high;
    this.bytes.set(bytes.subarray(start, start + LANES * laneBytes));
    this.run(laneBytes);
  }
}
