import { MAX_CHILDREN, type RaxNodeSizes } from "./rax-nodes.ts";

const FIRST_POINTS = 32;
const FIRST_KEY_BYTES = 64;

/**
 * Counts the nodes of radix trees whose keys come in ascending order, and what allocators hold for them,
 * without building a tree. All that is kept is the rightmost path: the previous key and its points, the
 * depths where an inner key ends or the path branches. Between two points stands a run, one node; a new key
 * changes only the node at the depth where it leaves the path. The shape of a tree does not depend on the
 * order its keys came in. Mirrors raxGenericInsert(), rax.c, Redis 7.2.6. Exact for ascending keys; of others
 * `disorder` tells the number: equal ones and prefixes of the one before are left out, smaller ones counted
 * as if they branched from the one before.
 */
export class RaxCounter {
  /** Sums over all trees since `reset`. */
  trees = 0;
  elements = 0;
  nodes = 0;
  disorder = 0;
  /**
   * What each allocator holds for the nodes; nothing for the trees'
   * heads (`trees` of the server's sizeof(rax)).
   */
  readonly bytes: Float64Array;
  private readonly sizes: readonly RaxNodeSizes[];
  private previous = new Uint8Array(FIRST_KEY_BYTES);
  private previousBytes = -1;
  /** Points of the rightmost path: depth, children (0: an inner key, no branch), whether a key ends there. */
  private points = 0;
  private depths = new Int32Array(FIRST_POINTS);
  private children = new Int16Array(FIRST_POINTS);
  private values = new Uint8Array(FIRST_POINTS);

  constructor(sizes: readonly RaxNodeSizes[]) {
    this.sizes = sizes;
    this.bytes = new Float64Array(sizes.length);
  }

  reset(): void {
    this.trees = 0;
    this.elements = 0;
    this.nodes = 0;
    this.disorder = 0;
    this.bytes.fill(0);
  }

  /** Begins a tree; an empty one has one node. Mirrors raxNew(), rax.c. */
  begin(): void {
    this.trees++;
    this.nodes++;
    this.previousBytes = -1;
    this.points = 0;
    for (let i = 0; i < this.sizes.length; i++) this.bytes[i]! += this.sizes[i]!.empty;
  }

  /**
   * Adds the key of `keyBytes` bytes at `buffer[start]`, of which `readable` are there; keys that are alike
   * in all that is readable count as disorder.
   */
  add(buffer: Uint8Array, start: number, keyBytes: number, readable = keyBytes): void {
    let depth = 0;
    if (this.previousBytes < 0) this.addFirst(keyBytes);
    else {
      depth = this.commonBytes(buffer, start, readable);
      const end = this.previousBytes;
      const above = depth < readable && depth < end && buffer[start + depth]! > this.previous[depth]!;
      if (!above && (depth !== end || keyBytes <= end)) {
        this.disorder++;
        if (depth >= readable || depth >= end) return;
      }
      if (depth === end) this.extend(keyBytes);
      else this.leave(depth, keyBytes);
    }
    this.elements++;
    this.remember(buffer, start, depth, readable);
    this.previousBytes = keyBytes;
  }

  private addFirst(keyBytes: number): void {
    const { sizes, bytes } = this;
    this.nodes += keyBytes > 0 ? 1 : 0; // the empty head becomes the run, or the leaf
    for (let i = 0; i < sizes.length; i++) {
      const size = sizes[i]!;
      bytes[i]! += size.run(keyBytes, 0) + size.leaf - size.empty;
    }
  }

  /** The previous key is a prefix of the new one: its leaf becomes a run with a value. */
  private extend(keyBytes: number): void {
    const { sizes, bytes } = this;
    const depth = this.previousBytes;
    this.nodes++;
    for (let i = 0; i < sizes.length; i++) bytes[i]! += sizes[i]!.run(keyBytes - depth, 1);
    this.push(depth, 0, 1);
  }

  /** The new key leaves the rightmost path at `depth`. */
  private leave(depth: number, keyBytes: number): void {
    const { sizes, bytes, depths } = this;
    let runEnd = this.previousBytes;
    let top = this.points - 1;
    while (top >= 0 && depths[top]! > depth) runEnd = depths[top--]!;
    this.points = top + 1;
    if (top >= 0 && depths[top] === depth) this.branchAt(top, runEnd);
    else this.splitRun(top, depth, runEnd);
    const tail = keyBytes - depth - 1;
    this.nodes += tail > 0 ? 2 : 1;
    for (let i = 0; i < sizes.length; i++) bytes[i]! += sizes[i]!.run(tail, 0) + sizes[i]!.leaf;
  }

  /** One more child at a point: of a branch, or of the run of an inner key, which becomes a branch. */
  private branchAt(point: number, runEnd: number): void {
    const { sizes, bytes } = this;
    const before = this.children[point]!;
    const value = this.values[point] as 0 | 1;
    if (before === MAX_CHILDREN) return;
    if (before > 0) {
      for (let i = 0; i < sizes.length; i++) {
        bytes[i]! += sizes[i]!.branch(before + 1, value) - sizes[i]!.branch(before, value);
      }
      this.children[point] = before + 1;
      return;
    }
    const length = runEnd - this.depths[point]!;
    if (length > 1) this.nodes++;
    for (let i = 0; i < sizes.length; i++) {
      const size = sizes[i]!;
      bytes[i]! += size.branch(2, value) + size.run(length - 1, 0) - size.run(length, value);
    }
    this.children[point] = 2;
  }

  /**
   * The run that holds `depth` is split around a branch. `above`: the point before it, -1 when there is none.
   */
  private splitRun(above: number, depth: number, runEnd: number): void {
    const { sizes, bytes } = this;
    const branched = above >= 0 && this.children[above]! > 0;
    const runStart = above < 0 ? 0 : this.depths[above]! + (branched ? 1 : 0);
    const value = above >= 0 && !branched ? 1 : 0;
    this.nodes += (depth > runStart ? 1 : 0) + (runEnd > depth + 1 ? 1 : 0);
    for (let i = 0; i < sizes.length; i++) {
      const size = sizes[i]!;
      bytes[i]! +=
        size.run(depth - runStart, value) +
        size.branch(2, 0) +
        size.run(runEnd - depth - 1, 0) -
        size.run(runEnd - runStart, value);
    }
    this.push(depth, 2, 0);
  }

  private push(depth: number, children: number, value: 0 | 1): void {
    const at = this.points++;
    if (at === this.depths.length) this.growPoints();
    this.depths[at] = depth;
    this.children[at] = children;
    this.values[at] = value;
  }

  private growPoints(): void {
    const { depths, children, values } = this;
    this.depths = new Int32Array(2 * depths.length);
    this.children = new Int16Array(2 * depths.length);
    this.values = new Uint8Array(2 * depths.length);
    this.depths.set(depths);
    this.children.set(children);
    this.values.set(values);
  }

  private commonBytes(buffer: Uint8Array, start: number, readable: number): number {
    const { previous } = this;
    const end = Math.min(this.previousBytes, readable, previous.length);
    let depth = 0;
    while (depth < end && previous[depth] === buffer[start + depth]) depth++;
    return depth;
  }

  /** Keeps the new key, whose first `same` bytes are those of the one before. */
  private remember(buffer: Uint8Array, start: number, same: number, readable: number): void {
    if (readable > this.previous.length) {
      const longer = new Uint8Array(2 * readable);
      longer.set(this.previous);
      this.previous = longer;
    }
    const { previous } = this;
    for (let i = same; i < readable; i++) previous[i] = buffer[start + i]!;
  }
}
