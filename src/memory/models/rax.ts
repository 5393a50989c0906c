import type { Target } from "../target.ts";

/** Bytes of a stream id as a rax key. */
const ID_BYTES = 16;

/**
 * Counts the nodes of radix trees whose keys are 16-byte ids that come in ascending order, without building a
 * tree: a tree's shape follows from the depths at which the rightmost path branches. Below a branch, a run of
 * bytes without one is a single node (compressed when it is longer than a byte). Mirrors raxGenericInsert(),
 * rax.c, Redis 7.2.6. Exact for ascending ids; `disorder` counts the others, which are left out.
 */
export class RaxCounter {
  /** Sum over all trees since `reset`. */
  trees = 0;
  elements = 0;
  nodes = 0;
  disorder = 0;
  /** Nodes that are runs, by their length in bytes. */
  readonly runs = new Float64Array(ID_BYTES + 1);
  /** Branching nodes by number of children. */
  readonly branches = new Float64Array(257);
  private readonly previous = new Uint8Array(ID_BYTES);
  /** Children so far of the branch at each depth of the rightmost path. */
  private readonly children = new Int32Array(ID_BYTES);
  /** Bit d: the rightmost path branches at depth d. */
  private branchDepths = 0;
  private empty = true;

  reset(): void {
    if (this.elements > 0) {
      this.runs.fill(0);
      this.branches.fill(0);
    }
    this.trees = 0;
    this.elements = 0;
    this.nodes = 0;
    this.disorder = 0;
  }

  /** Begins a tree; an empty one has one node. Mirrors raxNew(), rax.c. */
  begin(): void {
    this.trees++;
    this.nodes++;
    this.empty = true;
    this.branchDepths = 0;
  }

  /** Adds the id at `buffer[start]`. */
  add(buffer: Uint8Array, start: number): void {
    const previous = this.previous;
    if (this.empty) {
      this.empty = false;
      this.run(ID_BYTES, 1); // the head, counted by begin(), becomes this run
      this.elements++;
      for (let i = 0; i < ID_BYTES; i++) previous[i] = buffer[start + i] as number;
      return;
    }
    let depth = 0;
    while (depth < ID_BYTES && previous[depth] === buffer[start + depth]) depth++;
    if (depth === ID_BYTES || (buffer[start + depth] as number) < (previous[depth] as number)) {
      this.disorder++;
      return;
    }
    this.branch(depth);
    for (let i = depth; i < ID_BYTES; i++) previous[i] = buffer[start + i] as number;
  }

  /** The new key leaves the rightmost path at `depth`. */
  private branch(depth: number): void {
    const bit = 1 << depth;
    const above = this.branchDepths & (bit - 1);
    if ((this.branchDepths & bit) === 0) {
      const below = this.branchDepths & ~(bit - 1);
      const runStart = above === 0 ? 0 : 32 - Math.clz32(above);
      const runEnd = below === 0 ? ID_BYTES : 31 - Math.clz32(below & -below);
      this.run(runEnd - runStart, -1);
      this.run(depth - runStart, 1);
      this.run(runEnd - depth - 1, 1);
      this.nodes++;
      this.children[depth] = 1;
    }
    const children = ++(this.children as { [index: number]: number })[depth]!;
    if (children > 2) this.branches[children - 1]!--;
    this.branches[children]!++;
    this.branchDepths = above | bit;
    this.run(ID_BYTES - depth - 1, 1);
    this.nodes++;
    this.elements++;
  }

  private run(length: number, count: number): void {
    if (length === 0) return;
    this.runs[length]! += count;
    this.nodes += count;
  }
}

/** What the allocator holds for all trees counted. Mirrors raxNodeCurrentLength(), rax.c, Redis 7.2.6. */
export function raxHeapBytes(rax: RaxCounter, target: Target): number {
  const { allocator, profile } = target;
  const node = (children: number, pointers: number): number =>
    allocator.goodSize(Math.ceil((profile.sizes.raxNode + children) / 8) * 8 + 8 * pointers);
  let bytes = rax.trees * allocator.goodSize(profile.sizes.rax) + rax.elements * node(0, 1);
  let inner = rax.nodes - rax.elements;
  for (let length = 1; length < rax.runs.length; length++) {
    bytes += (rax.runs[length] as number) * node(length, 1);
    inner -= rax.runs[length] as number;
  }
  for (let children = 2; children < rax.branches.length; children++) {
    bytes += (rax.branches[children] as number) * node(children, children);
    inner -= rax.branches[children] as number;
  }
  return bytes + inner * node(0, 0);
}
