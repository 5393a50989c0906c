import { type Column, column, type Row } from "./answer.ts";
import { type Scope, scopeParams, tallySource } from "./scope.ts";

export const PATTERN_TREE_COLUMNS: readonly Column[] = [
  column("level", "Level", "count", { machineOnly: true }),
  column("prefix", "Prefix", "key", { machineOnly: true }),
  column("branch", "Prefix", "key"),
  column("patterns", "Patterns", "count"),
  column("keys", "Keys", "count"),
  column("keys_share", "% keys", "share"),
  column("bytes", "Memory", "bytes"),
  column("bytes_share", "% mem", "share"),
];

/** A pattern up to one of its separators, and what all patterns that begin so hold together. */
interface Branch {
  readonly level: number;
  readonly prefix: string;
  readonly label: string;
  readonly children: Map<string, Branch>;
  patterns: number;
  keys: number;
  bytes: number;
}

/** A segment with the separators behind it; braces of a hash tag stay with what they hold. */
const SEGMENT = /[^:/|#,;=&? ._-]*(?:[:/|#,;=&? ._-]+|$)/y;

/**
 * Patterns as a tree of their segments, `depth` levels deep, each level's largest branches first; those behind the
 * `largest` of a level are one line.
 */
export function patternTree(scope: Scope, depth: number, largest: number): Row[] {
  const patterns = scope.inventory.all<{ pattern: string; keys: number; bytes: number }>(
    `SELECT pattern, sum(keys) AS keys, sum(bytes) AS bytes FROM ${tallySource(scope)} GROUP BY pattern`,
    scopeParams(scope),
  );
  const root = branch(0, "", "");
  for (const one of patterns) {
    let at = add(root, one);
    for (const label of segmentsOf(one.pattern, depth)) {
      const made = at.children.get(label) ?? branch(at.level + 1, at.prefix + label, label);
      at.children.set(label, made);
      at = add(made, one);
    }
  }
  const rows: Row[] = [];
  list(root, root, largest, rows);
  return rows;
}

function branch(level: number, prefix: string, label: string): Branch {
  return { level, prefix, label, children: new Map(), patterns: 0, keys: 0, bytes: 0 };
}

function add(to: Branch, { keys, bytes }: { readonly keys: number; readonly bytes: number }): Branch {
  to.patterns++;
  to.keys += keys;
  to.bytes += bytes;
  return to;
}

function segmentsOf(pattern: string, depth: number): string[] {
  const segments: string[] = [];
  SEGMENT.lastIndex = 0;
  while (segments.length < depth && SEGMENT.lastIndex < pattern.length)
    segments.push(SEGMENT.exec(pattern)![0]);
  return segments;
}

function list(parent: Branch, all: Branch, largest: number, rows: Row[]): void {
  const children = [...parent.children.values()].sort(
    (a, b) => b.bytes - a.bytes || (a.prefix < b.prefix ? -1 : 1),
  );
  for (const child of children.slice(0, largest)) {
    rows.push(rowOf(child, all));
    list(child, all, largest, rows);
  }
  const rest = children.slice(largest);
  if (rest.length === 0) return;
  const others = branch(parent.level + 1, parent.prefix, `(${rest.length} more)`);
  for (const one of rest) {
    add(others, one);
    others.patterns += one.patterns - 1;
  }
  rows.push(rowOf(others, all));
}

function rowOf({ level, prefix, label, patterns, keys, bytes }: Branch, all: Branch): Row {
  const shares = { keys_share: keys / all.keys, bytes_share: all.bytes === 0 ? 0 : bytes / all.bytes };
  return { level, prefix, branch: `${"  ".repeat(level - 1)}${label}`, patterns, keys, bytes, ...shares };
}
