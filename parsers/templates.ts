import { RdbError } from "./errors.ts";
import { ListpackReader } from "./listpack.ts";
import { packedNumber } from "./packed.ts";
import { StringReader, skipString, skipStringBytes, skipStrings } from "./strings.ts";
import { IGNORE_ALL, type ValueVisitor } from "./visitor.ts";
import { type ByteSource, RangeFeed, Window } from "./window.ts";

/** What a hash template (Redis 8.10) says of the names it gives: enough to size and count them. */
export interface HashTemplate {
  readonly fields: number;
  readonly nameBytes: number;
  readonly largestNameBytes: number;
  /** Absolute offset of its opcode, or of its names' form where they come with the value. */
  readonly at: number;
}

/** Finds the template of an id; the walker asks it for each hash that refers to one. */
export interface TemplateSource {
  /** @throws {RdbError} BAD_TEMPLATE when none was defined before the byte `offset`. */
  find(id: number, offset: number): HashTemplate;
}

export const NO_TEMPLATES: TemplateSource = {
  find(id, offset) {
    throw new RdbError("BAD_TEMPLATE", offset, `id ${id}`);
  },
};

class NameCounter implements HashTemplate {
  fields = 0;
  nameBytes = 0;
  largestNameBytes = 0;
  readonly at: number;

  constructor(at: number) {
    this.at = at;
  }

  add(bytes: number): void {
    this.fields++;
    this.nameBytes += bytes;
    if (bytes > this.largestNameBytes) this.largestNameBytes = bytes;
  }
}

/** Reads the `count` names, at the window's position, of the template at `at`. @throws {RdbError} BAD_TEMPLATE for none */
export function readTemplateNames(w: Window, count: number, at: number): HashTemplate {
  const names = new NameCounter(at);
  for (let left = count; left > 0; left--) names.add(skipStringBytes(w));
  if (names.fields === 0) throw new RdbError("BAD_TEMPLATE", w.offset(), "no field names");
  return names;
}

/** Reads the names that come with a value: `0, listpack of names` or `1, count, name…`. */
export function readInlineNames(w: Window, strings: StringReader): HashTemplate {
  const at = w.offset();
  const form = w.count();
  if (form === 1) return readTemplateNames(w, w.count(), at);
  if (form !== 0) throwForm(w, form);
  const names = new NameCounter(at);
  const listpack = new ListpackReader();
  listpack.begin(strings.open(), strings.blobBytes);
  while (listpack.more()) {
    listpack.skip();
    const { bytes } = listpack.element;
    names.add(bytes >= 0 ? bytes : String(packedNumber(listpack.element)).length);
  }
  strings.close();
  return names;
}

/** Skips the names that come with a value. */
export function skipInlineNames(w: Window): void {
  const form = w.count();
  if (form === 1) skipStrings(w, w.count());
  else if (form === 0) skipString(w);
  else throwForm(w, form);
}

/** Enough to expand a listpack of names in: a window a value would be too much for one of many. */
const NAMES_WINDOW_BYTES = 32 * 1024;

/** Skips the names that come with a value; returns how many there are. */
export function countInlineNames(w: Window): number {
  return readInlineNames(w, new StringReader(w, NAMES_WINDOW_BYTES)).fields;
}

function throwForm(w: Window, form: number): never {
  throw new RdbError("BAD_TEMPLATE", w.offset() - 1, `names in form ${form}`);
}

/** The names themselves, of the template at the absolute offset `at` (see `HashTemplate`). @throws {RdbError} */
export function namesOfTemplate(source: ByteSource, at: number, inline: boolean): Uint8Array[] {
  const w = new Window(NAMES_WINDOW_BYTES, true);
  w.reset(new RangeFeed(source, at, source.size), at);
  const strings = new StringReader(w, NAMES_WINDOW_BYTES, true);
  const names: Uint8Array[] = [];
  const visitor: ValueVisitor = {
    ...IGNORE_ALL,
    text: (bytes, buffer, start) => names.push(buffer.slice(start, start + bytes)),
    integer: (high, low) =>
      names.push(new TextEncoder().encode(String((BigInt(high) << 32n) | BigInt(low >>> 0)))),
  };
  if (!inline) {
    w.byte();
    w.count();
  }
  if (inline && w.count() === 0) {
    const listpack = new ListpackReader();
    listpack.begin(strings.open(), strings.blobBytes);
    while (listpack.more()) listpack.report(visitor);
  } else for (let left = w.count(); left > 0; left--) strings.visit(visitor);
  return names;
}

/** A template that stands in a snapshot: its id, the offset of its opcode, and the three numbers of a `HashTemplate`. */
export type TemplatePlaces = readonly number[];
const PLACE_NUMBERS = 5;

/** Writes a template behind others. */
export function addPlace(places: number[], id: number, at: number, names: HashTemplate): void {
  places.push(id, at, names.fields, names.nameBytes, names.largestNameBytes);
}

/** Every thread holds every template: more than so many are no server's. */
const MAX_TEMPLATES = 2 ** 19;

/** Hash templates by id: `add` tells those that were found. */
export class TemplateStore implements TemplateSource {
  private readonly known = new Map<number, HashTemplate>();

  /** Adds templates from `places[start]` on. @throws {RdbError} BAD_TEMPLATE when there are too many */
  add(places: TemplatePlaces, start = 0): void {
    for (let i = start; i < places.length; i += PLACE_NUMBERS) {
      const [id, at, fields, nameBytes, largestNameBytes] = places.slice(i, i + PLACE_NUMBERS) as number[];
      if (this.known.has(id!)) continue;
      if (this.known.size === MAX_TEMPLATES)
        throw new RdbError("BAD_TEMPLATE", at!, `more than ${MAX_TEMPLATES} templates`);
      this.known.set(id!, {
        at: at!,
        fields: fields!,
        nameBytes: nameBytes!,
        largestNameBytes: largestNameBytes!,
      });
    }
  }

  find(id: number, offset: number): HashTemplate {
    const known = this.known.get(id);
    if (known === undefined || known.at > offset)
      throw new RdbError("BAD_TEMPLATE", offset, `id ${id} is not defined before it`);
    return known;
  }
}
