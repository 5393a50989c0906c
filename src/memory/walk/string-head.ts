const ZERO = 0x30;
const NINE = 0x39;
const BLANK = 0x20;
const QUOTE = 0x22;
const MINUS = 0x2d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
/** Longest text that is looked at for a number. */
const MAX_NUMBER_BYTES = 24;
/** Digits that every server holds as an integer whatever they are. */
const MAX_DIGITS = 18;
/** Blanks that are passed over behind an opening bracket. */
const MAX_BLANKS = 16;
const SEPARATORS: ReadonlySet<number> = new Set([..." ,_'"].map((c) => c.charCodeAt(0)));
/** What true, false and null begin with. */
const WORDS: ReadonlySet<number> = new Set([..."tfn"].map((c) => c.charCodeAt(0)));

/** What the first bytes of a string tell. */
export class StringHead {
  /** It begins as JSON objects and arrays do. */
  json = false;
  /** Digits of the integer that it would be without its format ("007", "+1", "1,234", "12.00"); 0: it is none. */
  formattedDigits = 0;

  reset(): void {
    this.json = false;
    this.formattedDigits = 0;
  }

  look(bytes: number, buffer: Uint8Array, start: number): void {
    if (bytes < 2) return;
    const first = buffer[start] as number;
    if (first === OPENING_BRACE || first === OPENING_BRACKET) {
      this.json = opensJson(first, bytes, buffer, start + 1);
    } else if (first <= NINE && bytes <= MAX_NUMBER_BYTES) {
      this.formattedDigits = formattedDigits(bytes, buffer, start);
    }
  }
}

/** Whether what follows an opening bracket may stand there in JSON. */
function opensJson(first: number, bytes: number, buffer: Uint8Array, start: number): boolean {
  const end = start + Math.min(bytes - 1, MAX_BLANKS);
  let at = start;
  while (at < end && (buffer[at] as number) <= BLANK) at++;
  if (at === end) return false;
  const byte = buffer[at] as number;
  if (first === OPENING_BRACE) return byte === QUOTE || byte === CLOSING_BRACE;
  return (
    byte === QUOTE ||
    byte === OPENING_BRACE ||
    byte === OPENING_BRACKET ||
    byte === CLOSING_BRACKET ||
    byte === MINUS ||
    isDigit(byte) ||
    WORDS.has(byte)
  );
}

/** As `StringHead.formattedDigits`; also of texts that have no format, which servers hold as integers by themselves. */
function formattedDigits(bytes: number, buffer: Uint8Array, start: number): number {
  let digits = 0;
  let significant = 0;
  let behindPoint = false;
  for (let i = 0; i < bytes; i++) {
    const byte = buffer[start + i] as number;
    if (isDigit(byte)) {
      if (behindPoint) {
        if (byte !== ZERO) return 0;
      } else {
        digits++;
        if (significant > 0 || byte !== ZERO) significant++;
      }
    } else if (byte === 0x2e && !behindPoint) behindPoint = true;
    else if (!(i === 0 && (byte === 0x2b || byte === MINUS)) && !(SEPARATORS.has(byte) && !behindPoint))
      return 0;
  }
  return digits === 0 || significant > MAX_DIGITS ? 0 : Math.max(1, significant);
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}
