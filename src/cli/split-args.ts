const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", a: "\x07" };
const SPACE = /\s/;

/**
 * The words of a line as redis-cli and redis.conf read them: `"…"` with the escapes \n \r \t \b \a \xNN, `'…'` with
 * \' alone; a character a byte (latin1 of its UTF-8). Undefined when quotes do not close or touch the next word.
 * Mirrors sdssplitargs(), sds.c, Redis 7.2.
 */
export function splitArgs(line: string): string[] | undefined {
  const text = Buffer.from(line, "utf8").toString("latin1");
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && SPACE.test(text[at]!)) at++;
    if (at >= text.length) return words;
    let word = "";
    while (at < text.length && !SPACE.test(text[at]!)) {
      const quote = text[at]!;
      if (quote !== '"' && quote !== "'") {
        word += quote;
        at++;
        continue;
      }
      const quoted = readQuoted(text, at + 1, quote);
      if (quoted === undefined) return undefined;
      word += quoted.word;
      at = quoted.end;
      if (at < text.length && !SPACE.test(text[at]!)) return undefined;
    }
    words.push(word);
  }
}

/** What stands from `start` to the closing quote, and the place behind that. */
function readQuoted(text: string, start: number, quote: string): { word: string; end: number } | undefined {
  let word = "";
  for (let at = start; at < text.length; at++) {
    const character = text[at]!;
    if (character === quote) return { word, end: at + 1 };
    if (character !== "\\") word += character;
    else if (quote === "'") {
      const isQuote = text[at + 1] === "'";
      word += isQuote ? "'" : "\\";
      if (isQuote) at++;
    } else {
      const hex = /^x([\da-f]{2})/i.exec(text.slice(at + 1, at + 4))?.[1];
      if (hex !== undefined) word += String.fromCharCode(Number.parseInt(hex, 16));
      else word += ESCAPES[text[at + 1] ?? ""] ?? text[at + 1] ?? "";
      at += hex === undefined ? 1 : 3;
    }
  }
  return undefined;
}

/** The bytes of a key as somebody types it: as it is, or in quotes with the escapes of `splitArgs`. */
export function keyBytes(typed: string): Buffer {
  const quoted = /^(".*"|'.*')$/s.test(typed) && typed.length > 1;
  const words = quoted ? splitArgs(typed) : undefined;
  return words?.length === 1 ? Buffer.from(words[0]!, "latin1") : Buffer.from(typed, "utf8");
}
