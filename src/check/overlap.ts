/** A piece of a glob or a pattern: a character, any one character, or any number of them. */
type Piece = string | typeof ONE | typeof ANY;
const ONE = 1;
const ANY = 2;

/**
 * Whether some name may be both what a Redis glob matches and what a pattern stands for (its `*` are one character or more).
 * Sets of characters in globs are taken for any character: the answer errs on the side of yes.
 */
export function mayStandFor(glob: string, pattern: string): boolean {
  return overlaps(
    piecesOf(glob),
    [...pattern].flatMap((c): Piece[] => (c === "*" ? [ONE, ANY] : [c])),
  );
}

function piecesOf(glob: string): Piece[] {
  const pieces: Piece[] = [];
  for (const [text] of glob.matchAll(/\\.|\[\^?(?:\\.|[^\]])*\]?|./gsu)) {
    if (text === "*") pieces.push(ANY);
    else if (text === "?" || (text.startsWith("[") && text.length > 1)) pieces.push(ONE);
    else pieces.push(text.length > 1 && text.startsWith("\\") ? text.slice(1) : text);
  }
  return pieces;
}

/** Whether two sequences of pieces have a text in common: `row[j]`, whether the first so many of `a` go with the first `j` of `b`. */
function overlaps(a: readonly Piece[], b: readonly Piece[]): boolean {
  let row: boolean[] = [];
  for (let i = 0; i <= a.length; i++) {
    const next: boolean[] = [];
    for (let j = 0; j <= b.length; j++) {
      const [x, y] = [a[i - 1], b[j - 1]];
      next.push(
        (i === 0 && j === 0) ||
          (x === ANY && i > 0 && (row[j] === true || (j > 0 && next[j - 1] === true))) ||
          (y === ANY && j > 0 && (next[j - 1] === true || (i > 0 && row[j] === true))) ||
          (i > 0 && j > 0 && row[j - 1] === true && fits(x!, y!)),
      );
    }
    row = next;
  }
  return row[b.length]!;
}

function fits(x: Piece, y: Piece): boolean {
  return x === ONE || y === ONE || x === y;
}
