import { type Scope, scopeParams, tallySource } from "../queries/scope.ts";
import { shownName } from "./names.ts";
import { firstOf } from "./rest.ts";
import type { Tree } from "./types.ts";

interface Leaf {
  readonly db: number;
  readonly pattern: string;
  readonly type: string;
  readonly keys: number;
  readonly bytes: number;
}

const sql = (source: string) => `SELECT db, pattern, type, CAST(round(sum(keys)) AS INTEGER) AS keys,
  CAST(round(sum(bytes)) AS INTEGER) AS bytes FROM ${source} GROUP BY 1, 2, 3 ORDER BY bytes DESC, 1, 2, 3`;

/** Memory by database, pattern and type: the `most` largest leaves. */
export function treeOf(scope: Scope, most: number): Tree {
  const all = scope.inventory.all<Leaf>(sql(tallySource(scope)), scopeParams(scope));
  const { rows, rest } = firstOf(all, most);
  const [patterns, types] = [new Indexed(), new Indexed()];
  const leaves = rows.map(({ db, pattern, type, keys, bytes }): Tree["leaves"][number] => [
    db,
    patterns.of(pattern),
    types.of(type),
    keys,
    bytes,
  ]);
  return {
    patterns: patterns.all.map(shownName),
    types: types.all.map(shownName),
    leaves,
    rest: { leaves: rest.rows, keys: rest.keys, bytes: rest.bytes },
  };
}

/** Texts by the order in which they came. */
class Indexed {
  readonly all: string[] = [];
  private readonly known = new Map<string, number>();

  of(text: string): number {
    const at = this.known.get(text) ?? this.all.push(text) - 1;
    this.known.set(text, at);
    return at;
  }
}
