/** Typing errors that a name may have to be taken for another. */
const MAX_DISTANCE = 2;

/** The known name that a misspelt one comes near to. */
export function nearName(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.min(MAX_DISTANCE, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const far = editDistance(name.toLowerCase(), candidate);
    if (far >= least) continue;
    least = far;
    best = candidate;
  }
  return best;
}

/** Letters to insert, remove or replace to make one text of the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
