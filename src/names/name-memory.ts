import { instantiate, type WithMemory } from "../../parsers/wasm.ts";
import { crc16Tables, keyHashSlot } from "../inventory/slot.ts";
import { CODE } from "./names-code.ts";

interface Exports extends WithMemory {
  readonly look: (bytes: number) => number;
  readonly keep: (value: number) => void;
  readonly forget: () => void;
}

/** As names.wat has them. */
const NAME_AT = 8;
const NAME_BYTES = 512;
const SLOT_AT = 1076;
const CLASSES_AT = 1080;
const TABLES_AT = 1344;

const OPENING_BRACE = 0x7b;

/** `NameMemory.look` answered: nothing was kept. */
export const UNKNOWN = -1;

/**
 * Looks at names of keys: the cluster hash slot of each, and what was kept for names of the same form, in WebAssembly for those
 * that stand in `bytes`. Names of one form are parted alike and differ in numbers, hex numbers and UUIDs alone that are all of a
 * segment: see names.wat.
 */
export class NameMemory {
  /** Where a name is to stand for `look` to be quick. */
  readonly bytes: Uint8Array;
  /** The slot of the name looked at last. */
  slot = 0;
  private readonly exports: Exports;
  private readonly slots: Int32Array;
  /** Whether names.wat sees where hash tags begin. */
  private readonly seesTags: boolean;
  private isSeen = false;

  /** `classes`: of every byte, its bit of BYTE_CLASS, 0 for those that part names. */
  constructor(classes: Uint8Array) {
    this.exports = instantiate<Exports>(CODE);
    const { buffer } = this.exports.memory;
    this.bytes = new Uint8Array(buffer, NAME_AT, NAME_BYTES);
    this.slots = new Int32Array(buffer, SLOT_AT, 1);
    this.seesTags = classes[OPENING_BRACE] === 0;
    new Uint8Array(buffer, CLASSES_AT, classes.length).set(classes);
    for (const [i, table] of crc16Tables(8).entries())
      new Uint16Array(buffer, TABLES_AT + i * table.byteLength, table.length).set(table);
  }

  /** Looks at the name `key[0, length)`: `slot` is its slot then. Returns what was kept for its form, or `UNKNOWN`. */
  look(key: Uint8Array, length: number): number {
    this.isSeen = key === this.bytes && this.seesTags;
    if (!this.isSeen) {
      this.slot = keyHashSlot(key, length);
      return UNKNOWN;
    }
    const kept = this.exports.look(length);
    this.slot = this.slots[0]!;
    return kept;
  }

  /** Keeps a number, 0 or more, for the form of the name that was looked at last; another form may be forgotten for it. */
  keep(value: number): void {
    if (this.isSeen) this.exports.keep(value);
  }

  forget(): void {
    this.exports.forget();
  }
}
