/**
 * A radix tree built key by key, as an oracle for models that count nodes without building one: the insertion of
 * rax.c, Redis 7.2.6, with its two ways to split a compressed node, on plain objects.
 */
export class NaiveRax {
  readonly root: Node = node();
  elements = 0;

  /** False when the key is there already. */
  insert(key: Uint8Array): boolean {
    let at = 0;
    let here = this.root;
    while (here.edges.length > 0 && at < key.length) {
      if (here.compressed) {
        let same = 0;
        while (same < here.edges.length && at + same < key.length && here.edges[same] === key[at + same])
          same++;
        if (same < here.edges.length) {
          if (at + same === key.length) splitAtKey(here, same);
          else splitAtMismatch(here, same);
          continue;
        }
        at += same;
        here = here.children[0]!;
      } else {
        const index = here.edges.indexOf(key[at]!);
        if (index < 0) break;
        at++;
        here = here.children[index]!;
      }
    }
    while (at < key.length) {
      const rest = [...key.subarray(at)];
      const child = node();
      if (here.edges.length === 0 && rest.length > 1) {
        here.edges = rest;
        here.compressed = true;
        here.children = [child];
        at = key.length;
      } else {
        here.edges.push(rest[0]!);
        here.children.push(child);
        at++;
      }
      here = child;
    }
    if (here.isKey) return false;
    here.isKey = true;
    this.elements++;
    return true;
  }

  /** Number of nodes, and the sum of what they request: header, padded edges, child pointers, a value's pointer. */
  measure(goodSize: (bytes: number) => number): { nodes: number; bytes: number } {
    let nodes = 0;
    let bytes = 0;
    const open = [this.root];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      nodes++;
      let request = 4 + next.edges.length;
      while (request % 8 !== 0) request++;
      bytes += goodSize(request + 8 * next.children.length + (next.isKey ? 8 : 0));
      open.push(...next.children);
    }
    return { nodes, bytes };
  }
}

interface Node {
  /** Bytes of the keys: one for each child, or a whole run with a single child. */
  edges: number[];
  compressed: boolean;
  isKey: boolean;
  children: Node[];
}

function node(): Node {
  return { edges: [], compressed: false, isKey: false, children: [] };
}

function run(edges: number[], next: Node): Node {
  return { edges, compressed: edges.length > 1, isKey: false, children: [next] };
}

/** A key differs from the run at its byte number `at`: what stands before, a node that can branch, what follows. */
function splitAtMismatch(here: Node, at: number): void {
  const next = here.children[0]!;
  const after = here.edges.slice(at + 1);
  const split: Node = {
    edges: [here.edges[at]!],
    compressed: false,
    isKey: false,
    children: [after.length > 0 ? run(after, next) : next],
  };
  if (at === 0) {
    here.edges = split.edges;
    here.compressed = false;
    here.children = split.children;
  } else {
    here.edges = here.edges.slice(0, at);
    here.compressed = at > 1;
    here.children = [split];
  }
}

/** A key ends in the middle of the run. */
function splitAtKey(here: Node, at: number): void {
  const rest = run(here.edges.slice(at), here.children[0]!);
  here.edges = here.edges.slice(0, at);
  here.compressed = at > 1;
  here.children = [rest];
}
