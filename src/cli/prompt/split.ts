/** What no semicolon ends: texts, quoted names and comments, closed or not. */
const OPAQUE =
  /'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|`[^`]*(?:`|$)|\[[^\]]*(?:\]|$)|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$)/y;

/** A statement that is typed to its end, and what was typed behind it. */
export interface Split {
  readonly statement: string;
  readonly rest: string;
}

/** The first statement of what was typed, without its semicolon; undefined while there is none. */
export function firstStatement(typed: string): Split | undefined {
  for (let at = 0; at < typed.length; ) {
    if (typed[at] === ";") return { statement: typed.slice(0, at).trim(), rest: typed.slice(at + 1) };
    at = opaqueEnd(typed, at) ?? at + 1;
  }
  return undefined;
}

/** A statement as one line that means the same; undefined where a text in it has several. */
export function onOneLine(statement: string): string | undefined {
  let line = "";
  for (let at = 0; at < statement.length; ) {
    const end = opaqueEnd(statement, at) ?? at + 1;
    const piece = statement.slice(at, end);
    if (!/^(?:--|\/\*|\s)/.test(piece)) line += piece;
    else if (!line.endsWith(" ")) line += " ";
    at = end;
  }
  return /\p{Cc}/u.test(line) ? undefined : line.trim();
}

function opaqueEnd(text: string, at: number): number | undefined {
  OPAQUE.lastIndex = at;
  const match = OPAQUE.exec(text);
  return match === null ? undefined : at + match[0].length;
}
