import { shortened, shortening, WORD_LETTERS } from "../../doctor/short-names.ts";
import { patternSums } from "../../doctor/sums.ts";
import { ofRow } from "../../queries/sampling.ts";
import { keySource, type Scope, scopeParams } from "../../queries/scope.ts";
import { hasNames, LOADED, type SavingKind } from "./saving.ts";
import { StringSizer } from "./string-sizer.ts";

const SHAPES = (
  scope: Scope,
) => `SELECT octet_length(key) AS name, iif(type = 'string', largest_element_bytes, -1) AS length,
    encoding = 'int' AS is_int, expires_at IS NOT NULL AS expires, sum(${ofRow(scope, "1")}) AS keys FROM ${keySource(scope)}
  WHERE pattern = @of AND ${LOADED} GROUP BY 1, 2, 3, 4 ORDER BY 2, 3`;

/** Keys that are alike in what a name costs them. */
interface Shape {
  readonly name: number;
  /** Of a string; -1: another type, whose value is apart from the name. */
  readonly length: number;
  readonly is_int: number;
  readonly expires: number;
  readonly keys: number;
}

/** Names with their words cut to two letters. */
export const names: SavingKind = {
  kind: "shorter names",
  needsRows: true,
  find: ({ scope, data }) => {
    if (!hasNames(scope)) return [];
    const sizer = new StringSizer(data.target);
    return patternSums(scope)
      .map((sums) => ({ ...sums, cut: shortening(sums.pattern) }))
      .filter(({ cut, keys }) => cut > 0 && keys > 1)
      .map(({ pattern, keys, cut }) => {
        const shapes = scope.inventory.all<Shape>(SHAPES(scope), { ...scopeParams(scope), of: pattern });
        const bytes = shapes.reduce((sum, shape) => sum + shape.keys * savedBy(sizer, shape, cut), 0);
        return {
          kind: "shorter names",
          what: `${pattern} → ${shortened(pattern)}`,
          keys,
          change: [{ pattern, db: null, heap_bytes: Math.round(bytes), keys: 0, expires: 0 }],
          basis: `each key sized with ${cut} bytes less of name: ${WORD_LETTERS} letters a word`,
          cost: "code of all clients at once, or both names for a while; names say less, and two must not become one",
        };
      });
  },
};

/** Heap bytes that a key takes less whose name is `cut` bytes shorter. */
function savedBy(sizer: StringSizer, { name, length, is_int: isInt, expires }: Shape, cut: number): number {
  const size = (bytes: number) => sizer.heapBytes(bytes, expires === 1, length, isInt === 1);
  return size(name) - size(Math.max(0, name - cut));
}
