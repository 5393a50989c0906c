/** Rows of a row group: what an engine reads, or leaves out by its statistics, as one. */
export const GROUP_ROWS = 131_072;

/** Row groups of a file of the table `keys`: at most, and of the last ones at least. */
const [MOST_GROUPS, LEAST_GROUPS] = [8, 2];
/** A file has no more than one of so many parts of the rows that are left. */
const SHARES = 4;

/**
 * Rows of each file of the table `keys` of so many rows. Each file is written by one thread; of several the last ones are smaller, so
 * that threads end at about the same time. They do not depend on how many threads there are.
 */
export function partSizes(rows: number): number[] {
  if (rows > 0 && rows <= MOST_GROUPS * GROUP_ROWS) return [rows];
  const sizes: number[] = [];
  for (let left = rows; left > 0; ) {
    const groups = Math.ceil(left / SHARES / GROUP_ROWS);
    const size = Math.min(left, Math.max(LEAST_GROUPS, Math.min(MOST_GROUPS, groups)) * GROUP_ROWS);
    sizes.push(size);
    left -= size;
  }
  return sizes;
}
