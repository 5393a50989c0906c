/** What a node's edge stands for: this text exactly, any text between `text` and `suffix`, any text at all, or an id. */
export type EdgeKind = "literal" | "affix" | "any" | "id";

/** From a node over one segment, and the separator behind it (0: none), to the next node. */
export interface Edge {
  readonly kind: EdgeKind;
  /** Bytes as latin1, ids in it as U+0001; of an affix what stands before the wildcard. */
  readonly text: string;
  /** Of an affix: what stands behind the wildcard. */
  readonly suffix: string;
  readonly separator: number;
  readonly to: number;
}

export interface ModelNode {
  readonly edges: readonly Edge[];
  /** Index in `templates` when names may end here, else -1. */
  readonly template: number;
}

/** What was learnt of names, as it goes to the threads that classify. Node 0 is the root. Structured-cloneable. */
export interface PatternModel {
  readonly nodes: readonly ModelNode[];
  /** Texts of the patterns. */
  readonly templates: readonly string[];
}
