import { counted } from "../queries/words.ts";

const SHOWN = 3;
/** Typing errors that a name may have to be taken for another. */
const MAX_DISTANCE = 2;
/** Errors are not looked for in parts that differ over more bytes. */
const MAX_COMPARED = 32;
/** Databases that are named. */
const MAX_DBS = 20;
/** What parts a name, in latin1. */
const SEPARATOR = /[:.|/_#-](?=[^:.|/_#-]*$)/;

/** Compares names with the one looked for, and keeps what comes near: those that differ in case, or by a typing error or two. */
export class SimilarNames {
  private readonly wanted: Buffer;
  /** Names that begin with all of the one looked for, and those that begin like it up to its last separator. */
  private readonly longer: Start;
  private readonly siblings: Start;
  private readonly maxDistance: number;
  private readonly otherCase: Buffer[] = [];
  private near: { readonly name: Buffer; readonly distance: number }[] = [];
  private readonly dbs = new Set<number>();
  private readonly row = new Uint8Array(MAX_COMPARED + 1);

  constructor(wanted: Uint8Array) {
    this.wanted = Buffer.from(wanted);
    const separator = SEPARATOR.exec(this.wanted.toString("latin1"));
    this.longer = new Start(wanted.length);
    this.siblings = new Start(separator === null ? 0 : separator.index + 1);
    this.maxDistance = Math.min(MAX_DISTANCE, Math.floor(wanted.length / 3));
  }

  /** Bytes that a name has in common with the one looked for, whatever the case, if anything is to be said of it. */
  get startBytes(): number {
    const { length } = this.wanted;
    return Math.min(Math.ceil(length / 2), this.siblings.length || length);
  }

  /** Whether a name is the one looked for; it is remembered if it comes near. */
  isSame(key: Uint8Array, length: number, db: number): boolean {
    const { wanted } = this;
    const shorter = Math.min(length, wanted.length);
    let common = 0;
    while (common < shorter && lower(key[common]!) === lower(wanted[common]!)) common++;
    if (common === length && common === wanted.length) {
      const name = Buffer.from(key.subarray(0, length));
      if (!wanted.equals(name)) {
        remember(this.otherCase, name);
        return false;
      }
      if (this.dbs.size < MAX_DBS) this.dbs.add(db);
      return true;
    }
    this.longer.take(key, length, common);
    this.siblings.take(key, length, common);
    const distance = this.distance(key, length, common);
    if (distance <= this.maxDistance && distance < (this.near[SHOWN - 1]?.distance ?? MAX_DISTANCE + 1))
      this.keep(Buffer.from(key.subarray(0, length)), distance);
    return false;
  }

  /** What to say when the key is not in `db`: where it is, or what is like it. */
  hint(db: number | undefined): string {
    const others = [...this.dbs].filter((one) => one !== db);
    if (others.length > 0) return `; it is in database ${others.join(", ")}`;
    return `${this.likeIt()}${escapedHint(this.wanted)}`;
  }

  private likeIt(): string {
    const all = (names: readonly Buffer[]) => names.map(showName).join(", ");
    if (this.otherCase.length > 0) return `; only the case differs: did you mean ${all(this.otherCase)}?`;
    if (this.near.length > 0) return `; did you mean ${all(this.near.map(({ name }) => name))}?`;
    const { longer, siblings } = this;
    for (const { keys, names } of [longer, siblings])
      if (keys > 0 && keys <= SHOWN) return `; did you mean ${all(names)}?`;
    if (siblings.keys === 0) return "";
    const start = siblings.names[0]!.subarray(0, siblings.length);
    const anyCase = start.equals(this.wanted.subarray(0, start.length)) ? "" : ", whatever the case";
    return `; ${counted(siblings.keys, "key")} begin with ${showName(start)}${anyCase}`;
  }

  private keep(name: Buffer, distance: number): void {
    if (this.near.some((one) => one.name.equals(name))) return;
    this.near.push({ name, distance });
    this.near.sort((a, b) => a.distance - b.distance);
    this.near.length = Math.min(SHOWN, this.near.length);
  }

  /** Bytes to insert, remove or replace behind the `common` first ones (Levenshtein), whatever the case; more than any limit: many. */
  private distance(key: Uint8Array, length: number, common: number): number {
    const { wanted, row } = this;
    let a = wanted.length;
    let b = length;
    if (Math.abs(a - b) > this.maxDistance) return Number.POSITIVE_INFINITY;
    for (; a > common && b > common && lower(wanted[a - 1]!) === lower(key[b - 1]!); a--) b--;
    a -= common;
    b -= common;
    if (a === 0 || b === 0) return a + b;
    if (Math.max(a, b) > MAX_COMPARED) return Number.POSITIVE_INFINITY;
    for (let j = 0; j <= b; j++) row[j] = j;
    for (let i = 1; i <= a; i++) {
      let diagonal = row[0]!;
      row[0] = i;
      for (let j = 1; j <= b; j++) {
        const isEqual = lower(wanted[common + i - 1]!) === lower(key[common + j - 1]!);
        const best = Math.min(diagonal + (isEqual ? 0 : 1), row[j]! + 1, row[j - 1]! + 1);
        diagonal = row[j]!;
        row[j] = best;
      }
    }
    return row[b]!;
  }
}

/** Keys that begin like the one looked for, as far as `length` bytes. */
class Start {
  readonly length: number;
  readonly names: Buffer[] = [];
  keys = 0;

  constructor(length: number) {
    this.length = length;
  }

  /** A name of which the first `common` bytes are those of the one looked for. */
  take(key: Uint8Array, length: number, common: number): void {
    if (this.length === 0 || common < this.length) return;
    this.keys++;
    if (this.keys <= SHOWN) remember(this.names, Buffer.from(key.subarray(0, length)));
  }
}

function remember(names: Buffer[], name: Buffer): void {
  if (names.length < SHOWN && !names.some((one) => one.equals(name))) names.push(name);
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
