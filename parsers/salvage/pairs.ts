import { RdbError } from "../errors.ts";
import { OPCODE } from "../opcodes.ts";

/**
 * Servers write SELECTDB and RESIZEDB together (rdbSaveDb, from RDB 7 on): one without the other is damage. Other programs
 * write SELECTDB alone: the first one of a snapshot tells.
 */
export class Pairs {
  private together: boolean | undefined;

  /** Sees the first byte of what follows a SELECTDB. @throws {RdbError} when it should be a RESIZEDB */
  afterSelectDb(code: number, at: number): void {
    this.together ??= code === OPCODE.resizeDb;
    if (code !== OPCODE.resizeDb) this.selectDbAlone(at);
  }

  /** @throws {RdbError} where a SELECTDB without RESIZEDB is none */
  selectDbAlone(at: number): void {
    if (this.together === true) throw new RdbError("UNKNOWN_OPCODE", at, "SELECTDB without RESIZEDB");
  }

  /** Sees the first byte of what follows anything else. @throws {RdbError} when it is a RESIZEDB */
  elsewhere(code: number, at: number): void {
    if (this.isAlone(code)) throw new RdbError("UNKNOWN_OPCODE", at, "RESIZEDB without SELECTDB");
  }

  /** Whether a first byte says RESIZEDB, which only skipped bytes can stand before. */
  isAlone(code: number): boolean {
    return this.together === true && code === OPCODE.resizeDb;
  }
}
