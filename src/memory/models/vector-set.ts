import type { Bill, Part } from "../bill.ts";
import type { Finish } from "../loader.ts";
import type { TargetStats, ValueStats } from "../stats.ts";
import { sdsZmallocSize, type Target } from "../target.ts";
import { ENCODING, EXACTNESS } from "../types.ts";
import { finishModule } from "./opaque.ts";
import { EMBSTR_SIZE_LIMIT, embstrBytes } from "./robj.ts";

/** sizeof(struct vsetObject), sizeof(struct vsetNodeVal), vset.c, Redis 8.0.6. */
const VSET_OBJECT_BYTES = 112;
const VSET_NODE_VAL_BYTES = 16;
/** sizeof(HNSW), sizeof(hnswNode), sizeof(hnswNodeLayer), hnsw.h, Redis 8.0.6, with the locks of glibc. */
const HNSW_BYTES = 1672;
const HNSW_NODE_BYTES = 312;
const HNSW_NODE_LAYER_BYTES = 24;
/** sizeof(moduleValue), server.h, Redis 8.0.6. */
const MODULE_VALUE_BYTES = 16;
/** HNSW_MAX_LEVEL, hnsw.c, Redis 8.0.6. */
const MAX_LEVEL = 16;
/** Nodes that VectorSetMemUsage() looks at, vset.c, Redis 8.0.6, from the one loaded last. */
const SCAN_EFFORT = 20;
/** What it takes for an average of attributes when it sees none. */
const UNSEEN_ATTRIBUTE_BYTES = 64;

const source = "VectorSetMemUsage(), vset.c, Redis 8.0.6";
const INDEX: Part = { name: "vector set and HNSW index", source };
const PROJECTION: Part = { name: "projection matrix", source };
const NODES: Part = { name: "hnswNode with layers", source };
const VECTORS: Part = { name: "vectors", source };
const LINKS: Part = { name: "links", source };
const ITEMS: Part = { name: "items and attributes (strings)", source };
const DICT: Part = { name: "dict of items", source };
const NO_ROBJ: Part = {
  name: "robj, left out for modules",
  source: "objectComputeSize(), object.c, Redis 8.0.6",
};

/** What one walk over a vector set counted. */
export class VectorNodes {
  /** The whole set was understood. */
  known = false;
  dimensions = 0;
  quantization = 0;
  projectedFrom = 0;
  nodes = 0;
  attributes = 0;
  /** Nodes by their highest layer, the last count for all beyond. */
  readonly levels = new Float64Array(MAX_LEVEL + 1);
  /** Layers of all nodes. */
  layers = 0;
  /** Links that the node reported last has room for in layer 0. */
  links = 0;
  /** Lengths of the items and attributes reported last, by number of their node modulo `SCAN_EFFORT`. */
  readonly itemBytes = new Float64Array(SCAN_EFFORT);
  readonly attributeBytes = new Float64Array(SCAN_EFFORT);

  reset(): void {
    this.known = false;
    this.nodes = 0;
    this.attributes = 0;
    this.levels.fill(0);
    this.layers = 0;
    this.links = 0;
  }

  add(itemBytes: number, attributeBytes: number, level: number, links: number): void {
    const slot = this.nodes++ % SCAN_EFFORT;
    this.itemBytes[slot] = itemBytes;
    this.attributeBytes[slot] = attributeBytes;
    if (attributeBytes > 0) this.attributes++;
    (this.levels[Math.min(level, MAX_LEVEL)] as number)++;
    this.layers += level + 1;
    this.links = links;
  }
}

/**
 * A vector set as its module reckons it: real structures by averages. A module of another name, or a vector
 * set of another version, is a lower bound. Mirrors VectorSetMemUsage(), vset.c, Redis 8.0.6. Exact; the heap
 * leaves out the radix tree of items but a node an item.
 */
export const finishVectorSet: Finish = (stats, on, bill) => {
  finishCountedVectorSet(stats, on, bill);
  if (stats.vectors.known) bill.add(NO_ROBJ, 1, -on.target.profile.sizes.robj, 0);
};

/** The same where MEMORY USAGE counts the object too. Mirrors kvobjComputeSize(), object.c, Redis 8.6.3. Exact. */
export const finishCountedVectorSet: Finish = (stats, on, bill) => {
  const { vectors } = stats;
  if (!vectors.known) {
    finishModule(stats, on, bill);
    return;
  }
  const { target } = on;
  const size = target.allocator.goodSize;
  const { nodes, layers, links } = vectors;
  const index = VSET_OBJECT_BYTES + HNSW_BYTES;
  const matrix = 4 * vectors.projectedFrom * vectors.dimensions;
  const vector = vectorBytes(vectors);
  const half = Math.floor(links / 2);
  const layerBytes = Math.floor((HNSW_NODE_LAYER_BYTES * nodes * 4) / 3);
  const linkBytes = 8 * links * nodes + Math.floor((8 * half * nodes) / 3);
  bill.encoding = ENCODING.module;
  bill.exactness = EXACTNESS.exact;
  bill.add(INDEX, 1, index, size(VSET_OBJECT_BYTES) + size(HNSW_BYTES) + size(MODULE_VALUE_BYTES));
  if (matrix > 0) bill.add(PROJECTION, 1, matrix, size(matrix));
  if (nodes === 0) return;
  bill.add(NODES, nodes, HNSW_NODE_BYTES * nodes + layerBytes, nodeHeapBytes(vectors, target));
  bill.add(VECTORS, nodes, vector * nodes, size(vector) * nodes);
  bill.add(LINKS, layers, linkBytes, nodes * size(8 * links) + (layers - nodes) * size(8 * half));
  addStrings(bill, stats, on);
  bill.add(DICT, nodes, 16 * nodes, nodes * size(32));
};

/** Mirrors hnsw_node_new(), hnsw.c, Redis 8.0.6. */
function nodeHeapBytes({ levels }: VectorNodes, { allocator }: Target): number {
  let bytes = 0;
  for (let level = 0; level < levels.length; level++) {
    const request = HNSW_NODE_BYTES + (level + 1) * HNSW_NODE_LAYER_BYTES;
    bytes += (levels[level] as number) * allocator.goodSize(request);
  }
  return bytes;
}

/** Mirrors hnsw_quants_bytes(), hnsw.c, Redis 8.0.6. Exact. */
export function vectorBytes({ dimensions, quantization }: VectorNodes): number {
  if (quantization === 0) return 4 * dimensions;
  return quantization === 1 ? dimensions : Math.floor((dimensions + 63) / 64) * 8;
}

/** Items and attributes by the average of those loaded last. */
function addStrings(bill: Bill, { vectors }: ValueStats, { target, nameHeap }: TargetStats): void {
  const { nodes, attributes } = vectors;
  const scanned = Math.min(nodes, SCAN_EFFORT);
  let items = 0;
  let seen = 0;
  let seenBytes = 0;
  for (let i = 0; i < scanned; i++) {
    items += moduleStringBytes(target, vectors.itemBytes[i] as number);
    const bytes = vectors.attributeBytes[i] as number;
    if (bytes === 0) continue;
    seen++;
    seenBytes += moduleStringBytes(target, bytes);
  }
  const attribute = seen === 0 ? UNSEEN_ATTRIBUTE_BYTES : Math.floor(seenBytes / seen);
  const { goodSize } = target.allocator;
  const heap = nameHeap + nodes * goodSize(VSET_NODE_VAL_BYTES);
  bill.add(ITEMS, nodes + attributes, Math.floor(items / scanned) * nodes + attribute * attributes, heap);
}

/**
 * A string of a module: in one allocation with its robj up to 44 bytes, else an sds besides. Mirrors
 * RM_MallocSizeString(), module.c, and rdbGenericLoadStringObject(), rdb.c, Redis 8.0.6. Exact, but for short
 * ones that the snapshot holds compressed.
 */
export function moduleStringBytes(target: Target, length: number): number {
  return length <= EMBSTR_SIZE_LIMIT
    ? embstrBytes(target, length)
    : target.profile.sizes.robj + sdsZmallocSize(target, length);
}
