import { BufferRegion, FieldNode, Message, RecordBatch } from "apache-arrow/ipc/metadata/message";
import { Batches, type Dictionaries } from "./arrow.ts";
import type { DatasetColumn } from "./tables.ts";

/** Bytes somewhere in a memory; none where there are none. */
export interface Region {
  readonly at: number;
  readonly bytes: number;
}

/** What a stream ends with, and a message begins with (Arrow's columnar format, "Encapsulated message format"). */
const END_BYTES = 8;
const CONTINUATION = 0xffffffff;
const PREFIX_BYTES = 8;
/** What a column takes in the head of a message, and what it takes besides. */
const COLUMN_BYTES = 64;
const FIXED_BYTES = 1024;

/** Bits of a byte. */
const BITS = Uint8Array.from({ length: 256 }, (_, byte) => {
  let bits = 0;
  for (let left = byte; left > 0; left >>= 1) bits += left & 1;
  return bits;
});

/**
 * Makes Arrow IPC streams around columns that stand in a memory already: schema and dictionaries, a batch without rows, and the head of
 * the batch are put before them.
 */
export class BatchMessage {
  /** Room that is needed before the columns. */
  readonly headBytes: number;
  private readonly columns: readonly DatasetColumn[];
  /** The stream up to the batch. */
  private readonly opening: Uint8Array;

  constructor(columns: readonly DatasetColumn[], dictionaries: Dictionaries) {
    this.columns = columns;
    this.opening = new Batches(columns, dictionaries).opening().slice(0, -END_BYTES);
    this.headBytes = this.opening.length + PREFIX_BYTES + FIXED_BYTES + columns.length * COLUMN_BYTES;
  }

  /**
   * The stream of a batch whose columns stand in `memory[at, end)`, each at a multiple of 8 from `at` on: bits of validity,
   * offsets of BINARY, values.
   */
  around(
    memory: Uint8Array,
    at: number,
    end: number,
    rows: number,
    regionsOf: (column: DatasetColumn) => readonly Region[],
  ): Uint8Array {
    const nodes: FieldNode[] = [];
    const buffers: BufferRegion[] = [];
    for (const column of this.columns) {
      const regions = regionsOf(column);
      nodes.push(new FieldNode(rows, column.nullable ? rows - setBits(memory, regions[0]!, rows) : 0));
      for (const { at: start, bytes } of regions) {
        buffers.push(bytes === 0 ? new BufferRegion(0, 0) : new BufferRegion(start - at, bytes));
      }
    }
    const head = Message.encode(Message.from(new RecordBatch(rows, nodes, buffers, null), end - at));
    const padded = Math.ceil(head.length / 8) * 8;
    const start = at - padded - PREFIX_BYTES;
    const view = new DataView(memory.buffer, memory.byteOffset + start);
    view.setUint32(0, CONTINUATION, true);
    view.setInt32(4, padded, true);
    memory.fill(0, at - padded, at);
    memory.set(head, start + PREFIX_BYTES);
    memory.set(this.opening, start - this.opening.length);
    return memory.subarray(start - this.opening.length, end);
  }
}

/** How many of the first bits are set; those behind them are cleared. */
function setBits(memory: Uint8Array, { at, bytes }: Region, bits: number): number {
  if (bytes > 0 && bits % 8 > 0) memory[at + bytes - 1]! &= (1 << (bits % 8)) - 1;
  let count = 0;
  for (let i = at; i < at + bytes; i++) count += BITS[memory[i]!]!;
  return count;
}
