import type { Allocator } from "../../allocators/index.ts";
import { DictLoad } from "../dict-load.ts";
import { RaxCounter } from "../rax.ts";
import type { RaxNodeSizes } from "../rax-nodes.ts";
import { addName } from "./names.ts";

/** sizeof(idmpEntry) without the id it ends with, stream.h, Redis 8.6.3. */
const IDMP_ENTRY_BYTES = 32;

/** What one walk over a stream counted of its idempotent producers, with a lane for each allocator. */
export class ProducerStats {
  count = 0;
  ids = 0;
  readonly names: RaxCounter;
  /** What an allocator holds for the ids, and for the bucket arrays they are found by. */
  readonly idHeap: Float64Array;
  readonly tableHeap: Float64Array;
  private readonly dict = new DictLoad();
  private readonly allocators: readonly Allocator[];

  constructor(allocators: readonly Allocator[], sizes: readonly RaxNodeSizes[]) {
    this.allocators = allocators;
    this.names = new RaxCounter(sizes);
    this.idHeap = new Float64Array(allocators.length);
    this.tableHeap = new Float64Array(allocators.length);
  }

  reset(): void {
    this.count = 0;
    this.ids = 0;
    this.names.reset();
    this.idHeap.fill(0);
    this.tableHeap.fill(0);
  }

  /** A producer of `ids` ids, which its dict has got one by one. */
  producer(nameBytes: number, ids: number, buffer: Uint8Array, start: number): void {
    const { allocators, dict, names, tableHeap } = this;
    if (names.trees === 0) names.begin();
    addName(names, nameBytes, buffer, start);
    this.count++;
    this.ids += ids;
    dict.reset();
    dict.insert(ids);
    for (let i = 0; i < allocators.length; i++) tableHeap[i]! += dict.heapBytes(allocators[i]!);
  }

  id(bytes: number): void {
    const { allocators, idHeap } = this;
    for (let i = 0; i < allocators.length; i++)
      idHeap[i]! += allocators[i]!.goodSize(IDMP_ENTRY_BYTES + bytes);
  }
}
