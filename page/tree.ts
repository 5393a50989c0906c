import type { Tree } from "../src/report-data/types.ts";

/** A part of the memory and its own parts, the largest first. */
export interface Place {
  readonly title: string;
  readonly parent: Place | undefined;
  /** The pattern that it is, or is a part of. */
  readonly pattern: string | undefined;
  /** What its children are, for the head of a table. */
  readonly parts: string;
  /** The type of which it has most. */
  readonly type: string | undefined;
  readonly keys: number;
  readonly bytes: number;
  readonly children: readonly Place[];
  /** Whether it, what it is in or something in it has a text in its name. */
  has(wanted: string): boolean;
}

class Node implements Place {
  readonly title: string;
  readonly parent: Node | undefined;
  readonly parts: string;
  readonly pattern: string | undefined;
  readonly nodes = new Map<number, Node>();
  private readonly sums = new Map<string, number>();
  keys = 0;
  bytes = 0;
  private ordered: Node[] | undefined;

  constructor(title: string, parent: Node | undefined, parts: string, pattern?: string) {
    this.title = title;
    this.parent = parent;
    this.parts = parts;
    this.pattern = pattern;
  }

  add(keys: number, bytes: number, type: string | undefined): void {
    this.keys += keys;
    this.bytes += bytes;
    if (type !== undefined) this.sums.set(type, (this.sums.get(type) ?? 0) + bytes);
  }

  child(id: number, title: string, parts: string, pattern?: string): Node {
    const known = this.nodes.get(id) ?? new Node(title, this, parts, pattern);
    this.nodes.set(id, known);
    return known;
  }

  get children(): readonly Node[] {
    this.ordered ??= [...this.nodes.values()].sort((a, b) => b.bytes - a.bytes);
    return this.ordered;
  }

  get type(): string | undefined {
    return [...this.sums].sort(([, a], [, b]) => b - a)[0]?.[0];
  }

  has(wanted: string): boolean {
    return this.isCalled(wanted) || this.isWithin(wanted) || this.children.some((one) => one.holds(wanted));
  }

  private holds(wanted: string): boolean {
    return this.isCalled(wanted) || this.children.some((one) => one.holds(wanted));
  }

  private isCalled(wanted: string): boolean {
    return this.title.toLowerCase().includes(wanted);
  }

  private isWithin(wanted: string): boolean {
    return this.parent !== undefined && (this.parent.isCalled(wanted) || this.parent.isWithin(wanted));
  }
}

/** The first of some places, and one that stands for all others. */
export function gathered(places: readonly Place[], most: number): Place[] {
  const others = places.slice(most);
  if (others.length < 2) return [...places];
  const rest = new Node(`(${others.length} smaller ones)`, undefined, "");
  for (const { keys, bytes } of others) rest.add(keys, bytes, undefined);
  return [...places.slice(0, most), rest];
}

/** The tree of a report: all keys, then databases, patterns, types. A pattern of one type has no parts. */
export function placesOf({ patterns, types, leaves, rest }: Tree): Place {
  const several = new Set<string>();
  const seen = new Map<string, number>();
  for (const [db, pattern, type] of leaves) {
    const id = `${db} ${pattern}`;
    if ((seen.get(id) ?? type) !== type) several.add(id);
    seen.set(id, type);
  }
  const root = new Node("all keys", undefined, "Database");
  for (const [db, pattern, type, keys, bytes] of leaves) {
    const ofDb = root.child(db, `database ${db}`, "Pattern");
    const ofPattern = ofDb.child(pattern, patterns[pattern]!, "Type", patterns[pattern]);
    const nodes = [root, ofDb, ofPattern];
    if (several.has(`${db} ${pattern}`))
      nodes.push(ofPattern.child(type, types[type]!, "Type", patterns[pattern]));
    for (const node of nodes) node.add(keys, bytes, types[type]!);
  }
  if (rest.leaves > 0) {
    root.child(-1, `(${rest.leaves} smaller parts)`, "").add(rest.keys, rest.bytes, undefined);
    root.add(rest.keys, rest.bytes, undefined);
  }
  return root;
}
