/** What a list leaves out. */
export interface Rest {
  readonly rows: number;
  readonly keys: number;
  readonly bytes: number;
}

/** The first `most` of some rows, and what the others add up to. */
export function firstOf<T extends { readonly keys: number; readonly bytes: number }>(
  all: readonly T[],
  most: number,
): { rows: T[]; rest: Rest } {
  const others = all.slice(most);
  return {
    rows: all.slice(0, most),
    rest: {
      rows: others.length,
      keys: others.reduce((sum, { keys }) => sum + keys, 0),
      bytes: others.reduce((sum, { bytes }) => sum + bytes, 0),
    },
  };
}
