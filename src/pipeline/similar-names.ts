const SHOWN = 3;
/** What a name must have in common with the one that was looked for, in bytes from its beginning. */
const MIN_COMMON = 3;
/** Databases that are named. */
const MAX_DBS = 20;

interface Candidate {
  readonly name: Buffer;
  readonly common: number;
}

/** Compares names with the one looked for, and keeps the most similar: those that begin like it for longest. */
export class SimilarNames {
  private readonly wanted: Buffer;
  private best: Candidate[] = [];
  private threshold = MIN_COMMON;
  private readonly dbs = new Set<number>();

  constructor(wanted: Uint8Array) {
    this.wanted = Buffer.from(wanted);
  }

  /** Whether a name is the one looked for; it is remembered if it comes near. */
  isSame(key: Uint8Array, length: number, db: number): boolean {
    const { wanted } = this;
    const shorter = Math.min(length, wanted.length);
    let common = 0;
    while (common < shorter && lower(key[common]!) === lower(wanted[common]!)) common++;
    if (common === length && common === wanted.length && wanted.equals(key.subarray(0, length))) {
      if (this.dbs.size < MAX_DBS) this.dbs.add(db);
      return true;
    }
    if (common >= this.threshold) this.keep({ name: Buffer.from(key.subarray(0, length)), common });
    return false;
  }

  /** What to say when the key is not in `db`: where it is, or what is like it. */
  hint(db: number | undefined): string {
    const others = [...this.dbs].filter((one) => one !== db);
    if (others.length > 0) return `; it is in database ${others.join(", ")}`;
    const names = this.best.map(({ name }) => showName(name));
    const similar = names.length === 0 ? "" : `; did you mean ${names.join(", ")}?`;
    return `${similar}${escapedHint(this.wanted)}`;
  }

  private keep(candidate: Candidate): void {
    const off = ({ name }: Candidate) => Math.abs(name.length - this.wanted.length);
    this.best.push(candidate);
    this.best.sort((a, b) => b.common - a.common || off(a) - off(b));
    this.best.length = Math.min(SHOWN, this.best.length);
    if (this.best.length === SHOWN) this.threshold = this.best[SHOWN - 1]!.common + 1;
  }
}

const ESCAPE = /\\x([\da-f]{2})|\\u([\da-f]{4})|\\(\\)/gi;

/** How to type a name that was copied from an answer, where bytes stand as `\xNN` or `\uNNNN`. */
function escapedHint(wanted: Buffer): string {
  const bytes = wanted
    .toString("latin1")
    .replace(ESCAPE, (_, byte?: string, unit?: string) =>
      byte !== undefined
        ? String.fromCharCode(Number.parseInt(byte, 16))
        : unit !== undefined
          ? Buffer.from(String.fromCharCode(Number.parseInt(unit, 16))).toString("latin1")
          : "\\",
    );
  if (bytes.length === wanted.length) return "";
  const typed = showName(Buffer.from(bytes, "latin1")).replaceAll("'", "\\x27");
  return `; a name copied from an answer is typed in quotes of its own: '${typed}'`;
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

/** A name in quotes, as `explain` takes it: printable ASCII as it is, all else as \xNN. */
export function showName(name: Uint8Array): string {
  let shown = "";
  for (const byte of name.subarray(0, 200)) {
    if (byte === 0x22 || byte === 0x5c) shown += `\\${String.fromCharCode(byte)}`;
    else if (byte >= 0x20 && byte < 0x7f) shown += String.fromCharCode(byte);
    else shown += `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return `"${shown}"${name.length > 200 ? "…" : ""}`;
}
