/**
 * A key as one character a byte: what Redis compares. Text keys are UTF-8.
 */
export function byteString(key: string | Buffer): string {
  return typeof key === "string" ? Buffer.from(key, "utf8").toString("latin1") : key.toString("latin1");
}

/**
 * A Redis glob as a regular expression over `byteString`. Mirrors stringmatchlen(), util.c, Redis 7.2: `*`, `?` (one
 * byte), `[a-z]`, `[^a]` and `\` before a character meant as such; an unclosed `[` goes to the end.
 */
export function globToRegExp(glob: string): RegExp {
  const pattern = byteString(glob);
  let source = "";
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (c === "*") source += source.endsWith("[^]*") ? "" : "[^]*";
    else if (c === "?") source += "[^]";
    else if (c === "[") {
      const [set, end] = charset(pattern, i + 1);
      source += set;
      i = end;
    } else if (c === "\\" && i + 1 < pattern.length) source += literal(pattern[++i]!);
    else source += literal(c);
  }
  return new RegExp(`^${source}$`);
}

/** The set that begins behind its `[`, and where its `]` stands. */
function charset(pattern: string, start: number): [string, number] {
  let i = start;
  const negated = pattern[i] === "^";
  if (negated) i++;
  let set = "";
  for (; i < pattern.length && pattern[i] !== "]"; i++) {
    if (pattern[i] === "\\" && i + 1 < pattern.length) set += literal(pattern[++i]!);
    else if (pattern[i + 1] === "-" && i + 2 < pattern.length) {
      const ends = [pattern[i]!, pattern[i + 2]!].sort();
      set += `${literal(ends[0]!)}-${literal(ends[1]!)}`;
      i += 2;
    } else set += literal(pattern[i]!);
  }
  if (set === "") return [negated ? "[^]" : "[]", i];
  return [`[${negated ? "^" : ""}${set}]`, i];
}

function literal(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
