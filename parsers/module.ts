import { RdbError } from "./errors.ts";
import { skipString } from "./strings.ts";
import type { Window } from "./window.ts";

/** What a module's number or string begins with: RDB_MODULE_OPCODE_*, rdb.h. */
export const MODULE_OPCODE = { eof: 0, signed: 1, unsigned: 2, float: 3, double: 4, string: 5 } as const;

/** Skips what a module wrote, up to and with its end mark: opcodes, each with a value. @throws {RdbError} BAD_MODULE */
export function skipModuleData(w: Window): void {
  for (;;) {
    const opcode = w.length();
    if (opcode === MODULE_OPCODE.eof) return;
    skipModuleValue(w, opcode);
  }
}

/** Skips the value that follows an opcode. @throws {RdbError} BAD_MODULE */
export function skipModuleValue(w: Window, opcode: number): void {
  if (opcode === MODULE_OPCODE.signed || opcode === MODULE_OPCODE.unsigned) w.skipNumber();
  else if (opcode === MODULE_OPCODE.float) w.skip(4);
  else if (opcode === MODULE_OPCODE.double) w.skip(8);
  else if (opcode === MODULE_OPCODE.string) skipString(w);
  else throw new RdbError("BAD_MODULE", w.offset() - 1, `module opcode ${opcode}`);
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

/** The id of a nine-letter name and a version, as its two int32 halves. Mirrors moduleTypeEncodeId(), module.c. */
export function moduleTypeId(name: string, version: number): { readonly high: number; readonly low: number } {
  let id = 0n;
  for (const letter of name) id = (id << 6n) | BigInt(ALPHABET.indexOf(letter));
  id = (id << 10n) | BigInt(version);
  return { high: Number(id >> 32n) | 0, low: Number(id & 0xffffffffn) | 0 };
}
