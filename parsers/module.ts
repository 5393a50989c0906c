import { RdbError } from "./errors.ts";
import { skipString } from "./strings.ts";
import type { Window } from "./window.ts";

const EOF = 0;
const SIGNED = 1;
const UNSIGNED = 2;
const FLOAT = 3;
const DOUBLE = 4;
const STRING = 5;

/** Skips what a module wrote, up to and with its end mark: opcodes, each with a value. @throws {RdbError} BAD_MODULE */
export function skipModuleData(w: Window): void {
  for (;;) {
    const opcode = w.length();
    if (opcode === EOF) return;
    if (opcode === SIGNED || opcode === UNSIGNED) w.skipNumber();
    else if (opcode === FLOAT) w.skip(4);
    else if (opcode === DOUBLE) w.skip(8);
    else if (opcode === STRING) skipString(w);
    else throw new RdbError("BAD_MODULE", w.offset() - 1, `module opcode ${opcode}`);
  }
}

/** The two int32 halves of the last module id read by `readModuleId`. */
export const moduleId = { high: 0, low: 0 };

/** Reads a 64-bit module id into `moduleId`. @throws {RdbError} BAD_MODULE */
export function readModuleId(w: Window): void {
  const first = w.byte();
  if (first === 0x81) {
    moduleId.high = uint32be(w) | 0;
    moduleId.low = uint32be(w) | 0;
  } else {
    w.pos--;
    moduleId.high = 0;
    moduleId.low = w.count() | 0;
  }
}

function uint32be(w: Window): number {
  return (w.byte() << 24) | (w.byte() << 16) | (w.byte() << 8) | w.byte();
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The nine-letter name in a module id: 9 × 6 bits, then 10 bits of version. Mirrors moduleTypeNameByID(), module.c. */
export function moduleTypeName(high: number, low: number): string {
  let id = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  id >>= 10n;
  let name = "";
  for (let i = 0; i < 9; i++) {
    name = ALPHABET.charAt(Number(id & 63n)) + name;
    id >>= 6n;
  }
  return name;
}
