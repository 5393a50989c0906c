import { RdbError } from "./errors.ts";
import { ListpackReader } from "./listpack.ts";
import { packedNumber } from "./packed.ts";
import { StringReader } from "./strings.ts";
import { type ByteSource, RangeFeed, Window } from "./window.ts";

/** What a hash template (Redis 8.10) says of the names it gives: enough to size and count them. */
export interface HashTemplate {
  readonly fields: number;
  readonly nameBytes: number;
  readonly largestNameBytes: number;
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

  add(bytes: number): void {
    this.fields++;
    this.nameBytes += bytes;
    if (bytes > this.largestNameBytes) this.largestNameBytes = bytes;
  }
}

/** Reads the `count` names of a hash template at the window's position. */
export function readTemplateNames(w: Window, strings: StringReader, count: number): HashTemplate {
  const names = new NameCounter();
  for (let left = count; left > 0; left--) {
    const blob = strings.open();
    names.add(strings.blobBytes);
    blob.skip(strings.blobBytes);
    strings.close();
  }
  if (names.fields === 0) throw new RdbError("BAD_TEMPLATE", w.offset(), "no field names");
  return names;
}

/** Reads the names that come with a value: `0, listpack of names` or `1, count, name…`. */
export function readInlineNames(w: Window, strings: StringReader): HashTemplate {
  const form = w.count();
  if (form === 1) return readTemplateNames(w, strings, w.count());
  if (form !== 0) throw new RdbError("BAD_TEMPLATE", w.offset() - 1, `names in form ${form}`);
  const names = new NameCounter();
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

/** Hash templates by id, read from the snapshot when first needed: `add` tells where each is defined. */
export class TemplateStore implements TemplateSource {
  private readonly source: ByteSource;
  private readonly offsets = new Map<number, number>();
  private readonly known = new Map<number, HashTemplate>();

  constructor(source: ByteSource) {
    this.source = source;
  }

  /** `places` is flat: id, offset of its opcode, id, offset… */
  add(places: readonly number[]): void {
    for (let i = 0; i < places.length; i += 2) this.offsets.set(places[i]!, places[i + 1]!);
  }

  find(id: number, offset: number): HashTemplate {
    const known = this.known.get(id);
    if (known !== undefined) return known;
    const at = this.offsets.get(id);
    if (at === undefined || at > offset)
      throw new RdbError("BAD_TEMPLATE", offset, `id ${id} is not defined before it`);
    const w = new Window(64 * 1024);
    w.reset(new RangeFeed(this.source, at + 1, this.source.size), at + 1);
    w.count();
    const template = readTemplateNames(w, new StringReader(w), w.count());
    this.known.set(id, template);
    return template;
  }
}
