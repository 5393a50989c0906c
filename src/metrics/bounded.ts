/**
 * Tells which label value a name has: its own for the `most` names that weigh most, and null, which is all others together, for the
 * rest. Where one alone would be the rest, it keeps its own.
 */
export function boundedLabel<T>(
  rows: readonly T[],
  nameOf: (row: T) => string,
  weightOf: (row: T) => number,
  most: number,
): (row: T) => string | null {
  const weights = new Map<string, number>();
  for (const row of rows) weights.set(nameOf(row), (weights.get(nameOf(row)) ?? 0) + weightOf(row));
  const names = [...weights].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([name]) => name);
  const own = new Set(names.length <= most + 1 ? names : names.slice(0, most));
  return (row) => (own.has(nameOf(row)) ? nameOf(row) : null);
}
