import { RdbError } from "./errors.ts";
import { skipModuleData } from "./module.ts";
import { skipString, skipStrings } from "./strings.ts";
import type { Family } from "./types.ts";
import type { Window } from "./window.ts";

/** An opcode of the format: what it is called and how to step over what follows it. */
export interface RdbOpcode {
  readonly code: number;
  /** The name in rdb.h, without its RDB_OPCODE_ prefix. */
  readonly name: string;
  readonly family?: Family;
  /** True when it belongs to the key that follows it. */
  readonly ofKey?: boolean;
  readonly skip: (w: Window) => void;
}

/** Opcodes that the splitter or the record reader acts on. */
export const OPCODE = {
  ramLru: 107,
  slotNumber: 121,
  template: 242,
  update: 242,
  keyMeta: 243,
  slotImport: 243,
  slotInfo: 244,
  function2: 245,
  functionPreGa: 246,
  moduleAux: 247,
  idle: 248,
  freq: 249,
  aux: 250,
  resizeDb: 251,
  expireMs: 252,
  expire: 253,
  selectDb: 254,
  eof: 255,
} as const;

const skipLength = (w: Window) => void w.count();

function skipFunctionPreGa(w: Window): void {
  skipStrings(w, 2);
  if (w.count() !== 0) skipString(w);
  skipString(w);
}

function skipModuleAux(w: Window): void {
  w.skipNumber();
  skipModuleData(w);
}

function skipKeyMeta(w: Window): void {
  for (let classes = w.count(); classes > 0; classes--) {
    w.skip(4);
    skipModuleData(w);
  }
}

function skipSlotImport(w: Window): void {
  skipString(w);
  for (let ranges = w.count() * 2; ranges > 0; ranges--) w.count();
}

function skipTemplate(w: Window): void {
  w.count();
  skipStrings(w, w.count());
}

/** Skips a RESP command written inline: `*n\r\n` and n times `$bytes\r\n…\r\n`. */
function skipUpdate(w: Window): void {
  for (let args = respNumber(w, 0x2a); args > 0; args--) w.skip(respNumber(w, 0x24) + 2);
}

/** Reads `<mark>number\r\n`. @throws {RdbError} BAD_VALUE */
export function respNumber(w: Window, mark: number): number {
  if (w.byte() !== mark) throw new RdbError("BAD_VALUE", w.offset() - 1, "an update is no RESP command");
  let value = 0;
  for (let digits = 0; ; digits++) {
    const c = w.byte();
    if (c === 0x0d && digits > 0) break;
    if (c < 0x30 || c > 0x39 || digits > 15)
      throw new RdbError("BAD_VALUE", w.offset() - 1, "an update is no RESP command");
    value = value * 10 + c - 0x30;
  }
  w.skip(1);
  return value;
}

/** Every opcode that can be read. */
export const RDB_OPCODES: readonly RdbOpcode[] = [
  { code: OPCODE.ramLru, name: "RAM_LRU", ofKey: true, skip: skipLength },
  { code: OPCODE.slotNumber, name: "SLOT_NUM", skip: skipLength },
  { code: OPCODE.template, name: "HASH_TEMPLATE", family: "redis", skip: skipTemplate },
  { code: OPCODE.update, name: "UPDATE", family: "valkey", skip: skipUpdate },
  { code: OPCODE.keyMeta, name: "KEY_META", family: "redis", ofKey: true, skip: skipKeyMeta },
  { code: OPCODE.slotImport, name: "SLOT_IMPORT", family: "valkey", skip: skipSlotImport },
  {
    code: OPCODE.slotInfo,
    name: "SLOT_INFO",
    skip(w) {
      for (let i = 0; i < 3; i++) w.count();
    },
  },
  { code: OPCODE.function2, name: "FUNCTION2", skip: skipString },
  { code: OPCODE.functionPreGa, name: "FUNCTION_PRE_GA", skip: skipFunctionPreGa },
  { code: OPCODE.moduleAux, name: "MODULE_AUX", skip: skipModuleAux },
  { code: OPCODE.idle, name: "IDLE", ofKey: true, skip: skipLength },
  { code: OPCODE.freq, name: "FREQ", ofKey: true, skip: (w) => w.skip(1) },
  { code: OPCODE.aux, name: "AUX", skip: (w) => skipStrings(w, 2) },
  {
    code: OPCODE.resizeDb,
    name: "RESIZEDB",
    skip(w) {
      w.count();
      w.count();
    },
  },
  { code: OPCODE.expireMs, name: "EXPIRETIME_MS", ofKey: true, skip: (w) => w.skip(8) },
  { code: OPCODE.expire, name: "EXPIRETIME", ofKey: true, skip: (w) => w.skip(4) },
  { code: OPCODE.selectDb, name: "SELECTDB", skip: skipLength },
  { code: OPCODE.eof, name: "EOF", skip: () => undefined },
];

/** The opcodes of one family by code. */
export function opcodesOf(family: Family): readonly (RdbOpcode | undefined)[] {
  const table = new Array<RdbOpcode | undefined>(256).fill(undefined);
  for (const opcode of RDB_OPCODES) if ((opcode.family ?? family) === family) table[opcode.code] = opcode;
  return table;
}
