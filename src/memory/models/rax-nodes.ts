import type { Allocator } from "../allocators/index.ts";

/** sizeof(raxNode) without its data, rax.h: the same on every server. */
const RAX_NODE_BYTES = 4;
const POINTER_BYTES = 8;
/** Children of a node: one for each byte. */
export const MAX_CHILDREN = 256;
/** Runs up to this many bytes are looked up, longer ones computed. */
const TABLE_RUN = 1024;

/**
 * Bytes requested for a rax node of `edgeBytes` bytes of keys: header, edges padded to a pointer's
 * alignment, `children` pointers and one more when a value stands here. Mirrors
 * raxNodeCurrentLength(), rax.c, Redis 7.2.6. Exact.
 */
export function raxNodeBytes(edgeBytes: number, children: number, hasValue: boolean): number {
  const edges = Math.ceil((RAX_NODE_BYTES + edgeBytes) / POINTER_BYTES) * POINTER_BYTES;
  return edges + POINTER_BYTES * (children + (hasValue ? 1 : 0));
}

/** What an allocator holds for the nodes of radix trees. `[0]`: nodes without a value, `[1]`: with one. */
export class RaxNodeSizes {
  readonly leaf: number;
  readonly empty: number;
  private readonly runs: readonly [Uint16Array, Uint16Array];
  private readonly branches: readonly [Uint16Array, Uint16Array];
  private readonly allocator: Allocator;

  constructor(allocator: Allocator) {
    this.allocator = allocator;
    this.empty = allocator.goodSize(raxNodeBytes(0, 0, false));
    this.leaf = allocator.goodSize(raxNodeBytes(0, 0, true));
    const runs = (hasValue: boolean): Uint16Array =>
      Uint16Array.from({ length: TABLE_RUN + 1 }, (_, length) => this.computeRun(length, hasValue));
    const branches = (hasValue: boolean): Uint16Array =>
      Uint16Array.from({ length: MAX_CHILDREN + 1 }, (_, children) =>
        allocator.goodSize(raxNodeBytes(children, children, hasValue)),
      );
    this.runs = [runs(false), runs(true)];
    this.branches = [branches(false), branches(true)];
  }

  /** A chain of `length` bytes with one child: one node, compressed if longer than a byte. None: no node. */
  run(length: number, value: 0 | 1): number {
    return length <= TABLE_RUN ? this.runs[value][length]! : this.computeRun(length, value === 1);
  }

  branch(children: number, value: 0 | 1): number {
    return this.branches[value][children]!;
  }

  private computeRun(length: number, hasValue: boolean): number {
    return length === 0 ? 0 : this.allocator.goodSize(raxNodeBytes(length, 1, hasValue));
  }
}
