/** Everything that can be wrong with a snapshot, and what a reader of the message can do about it. */
export const RDB_ERROR_CODES = {
  BAD_MAGIC: "not an RDB snapshot: it begins with neither REDIS nor VALKEY",
  UNEXPECTED_EOF: "the snapshot ends in the middle of something: it is truncated",
  UNKNOWN_TYPE: "unknown value type",
  UNKNOWN_OPCODE: "unknown opcode",
  UNSUPPORTED_TYPE: "a type whose length cannot be known without the module that wrote it",
  BAD_LENGTH: "a length that cannot be right",
  BAD_LZF: "damaged LZF data",
  BAD_LISTPACK: "damaged listpack",
  BAD_ZIPLIST: "damaged ziplist",
  BAD_ZIPMAP: "damaged zipmap",
  BAD_INTSET: "damaged intset",
  BAD_STREAM: "damaged stream",
  BAD_MODULE: "damaged module value",
  BAD_TEMPLATE: "hash template that is damaged or was never defined",
  BAD_VALUE: "a value that cannot be right",
  BAD_COMPRESSION: "the compressed file is damaged: only --salvage uses what can be unpacked",
  UNSUPPORTED_INPUT: "no snapshot can be read from this",
  CHECKSUM_MISMATCH: "the checksum does not match: bytes before it were changed, nobody knows which",
} as const;

export type RdbErrorCode = keyof typeof RDB_ERROR_CODES;

/** A plain form of an `RdbError` that survives the hop between threads. */
export interface RdbErrorRecord {
  readonly code: RdbErrorCode;
  readonly offset: number;
  readonly detail: string;
  readonly advice: string;
}

/** Damage found in a snapshot: what, and at which absolute byte offset. */
export class RdbError extends Error {
  readonly code: RdbErrorCode;
  readonly offset: number;
  readonly detail: string;
  /** What was read before it, and what to do. */
  readonly advice: string;

  constructor(code: RdbErrorCode, offset: number, detail = "", advice = "") {
    const what = `${code}: ${RDB_ERROR_CODES[code]}${detail === "" ? "" : ` (${detail})`}, at byte ${offset}`;
    super(advice === "" ? what : `${what}; ${advice}`);
    this.name = "RdbError";
    this.code = code;
    this.offset = offset;
    this.detail = detail;
    this.advice = advice;
  }

  toRecord(): RdbErrorRecord {
    return { code: this.code, offset: this.offset, detail: this.detail, advice: this.advice };
  }

  static fromRecord(record: RdbErrorRecord): RdbError {
    return new RdbError(record.code, record.offset, record.detail, record.advice);
  }
}
