import { MODULE_OPCODE, moduleTypeId, skipModuleData, skipModuleValue } from "./module.ts";
import type { StringReader } from "./strings.ts";
import type { ValueVisitor } from "./visitor.ts";
import type { Window } from "./window.ts";

/** Module id of the type "vectorset", encoding version 0: vset.c, Redis 8.0.6. */
const VECTOR_SET = moduleTypeId("vectorset", 0);

/** SAVE_FLAG_HAS_PROJMATRIX and SAVE_FLAG_HAS_ATTRIBS, vset.c, Redis 8.0.6. */
const HAS_PROJECTION = 1;
const HAS_ATTRIBUTES = 2;
/** A dimension takes a bit at least (quantization BIN), four bytes at most. */
const DIMENSIONS_PER_BYTE = 8;
const FLOAT_BYTES = 4;
/** More links than any node has: what is allocated for them is multiplied by them. */
const MAX_LINKS = 65_536;

export function isVectorSet(high: number, low: number): boolean {
  return high === VECTOR_SET.high && low === VECTOR_SET.low;
}

/**
 * Walks a vector set: `dimensions, nodes, config, flags, [input dimensions, matrix]`, then a node `item, [attributes],
 * vector, parameters, …` each; every number and string has its opcode of a module's data. What does not look like
 * that is skipped as data of any module, and numbers that the bytes there do not bear out are not believed. Mirrors VectorSetRdbSave(), vset.c, and hnsw_serialize_node(), hnsw.c, Redis
 * 8.0.6.
 */
export class VectorSetReader {
  private readonly w: Window;
  private readonly strings: StringReader;
  /** Opcode that was found where another was due, -1 as long as all is well. */
  private stray = -1;
  /** All numbers so far agree with the strings they are about. */
  private plausible = true;

  constructor(w: Window, strings: StringReader) {
    this.w = w;
    this.strings = strings;
  }

  /** Reads up to and with the end mark; `visitor.vectorSet` is called only if all of it was understood and can be. */
  walk(visitor: ValueVisitor): void {
    this.stray = -1;
    this.plausible = true;
    const dimensions = this.unsigned();
    const nodes = this.unsigned();
    const config = this.unsigned();
    const flags = this.unsigned();
    const projectedFrom = (flags & HAS_PROJECTION) === 0 ? 0 : this.unsigned();
    const matrixBytes = (flags & HAS_PROJECTION) === 0 ? 0 : this.string();
    if (matrixBytes !== FLOAT_BYTES * projectedFrom * dimensions) this.plausible = false;
    for (let left = nodes; left > 0 && this.stray < 0; left--) this.node(dimensions, flags, visitor);
    if (this.isNext(MODULE_OPCODE.eof)) {
      if (this.plausible) visitor.vectorSet(dimensions, config & 0xff, projectedFrom);
    } else if (this.stray !== MODULE_OPCODE.eof) {
      skipModuleValue(this.w, this.stray);
      skipModuleData(this.w);
    }
  }

  private node(dimensions: number, flags: number, visitor: ValueVisitor): void {
    const itemBytes = this.string();
    const attributeBytes = (flags & HAS_ATTRIBUTES) === 0 ? 0 : this.string();
    if (dimensions > DIMENSIONS_PER_BYTE * this.string()) this.plausible = false;
    const parameters = this.unsigned();
    this.unsigned();
    const level = this.unsigned() & 0xff;
    let read = 2;
    let links = 0;
    for (let layer = 0; layer <= level && this.stray < 0; layer++) {
      const used = this.unsigned();
      const most = this.unsigned();
      if (most > MAX_LINKS) this.plausible = false;
      if (layer === 0) links = most;
      this.skipUnsigned(used + 1);
      read += used + 3;
    }
    this.skipUnsigned(parameters - read);
    if (this.stray < 0) visitor.vectorNode(itemBytes, attributeBytes, level, links);
  }

  /** A number, 0 when it uses more than 32 bits. */
  private unsigned(): number {
    if (!this.isNext(MODULE_OPCODE.unsigned)) return 0;
    this.w.require(1);
    if (this.w.bytes[this.w.pos] !== 0x81) return this.w.count();
    this.w.skipNumber();
    return 0;
  }

  private skipUnsigned(count: number): void {
    for (let left = count; left > 0 && this.isNext(MODULE_OPCODE.unsigned); left--) this.w.skipNumber();
  }

  /** Length of a string. */
  private string(): number {
    if (!this.isNext(MODULE_OPCODE.string)) return 0;
    const from = this.strings.open();
    const bytes = this.strings.blobBytes;
    from.skip(bytes);
    this.strings.close();
    return bytes;
  }

  private isNext(opcode: number): boolean {
    if (this.stray >= 0) return false;
    const found = this.w.length();
    if (found === opcode) return true;
    this.stray = found;
    return false;
  }
}
