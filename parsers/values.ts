import { RdbError } from "./errors.ts";
import { walkIntset } from "./intset.ts";
import { ListpackReader } from "./listpack.ts";
import { moduleId, readModuleId, skipModuleData } from "./module.ts";
import { packedNumber } from "./packed.ts";
import { type StreamParts, StreamReader } from "./stream.ts";
import { StringReader } from "./strings.ts";
import { type HashTemplate, NO_TEMPLATES, readInlineNames, type TemplateSource } from "./templates.ts";
import { isVectorSet, VectorSetReader } from "./vector-set.ts";
import type { ValueDetails, ValueVisitor } from "./visitor.ts";
import type { Window } from "./window.ts";
import { walkZiplist } from "./ziplist.ts";
import { walkZipmap } from "./zipmap.ts";

const PLAIN_NODE = 1;
const PACKED_NODE = 2;

/**
 * Walks values element by element and reports them to one visitor. A method a layout; the table of types says
 * which method reads which type.
 */
export class ValueReader {
  readonly w: Window;
  readonly visitor: ValueVisitor;
  readonly strings: StringReader;
  private readonly details: ValueDetails | undefined;
  templates: TemplateSource = NO_TEMPLATES;
  private readonly listpacks = new ListpackReader();
  private readonly streams: StreamReader;
  private readonly vectorSets: VectorSetReader;

  constructor(w: Window, visitor: ValueVisitor, details?: ValueDetails) {
    this.w = w;
    this.visitor = visitor;
    this.details = details;
    this.strings = new StringReader(w, w.bytes.length, details !== undefined);
    this.streams = new StreamReader(w, this.strings, details);
    this.vectorSets = new VectorSetReader(w, this.strings);
  }

  /** Forgets a value that was given up in the middle. */
  reset(): void {
    this.strings.reset();
  }

  string(layout: number): void {
    this.visitor.begin(layout, -1);
    this.strings.visit(this.visitor);
  }

  /** `count, string…`, `perElement` strings an element. */
  elements(layout: number, perElement: number): void {
    const count = this.w.count();
    this.visitor.begin(layout, count);
    const { strings, visitor } = this;
    for (let left = count * perElement; left > 0; left--) strings.visit(visitor);
  }

  /** `count, { member, score }…`; scores as 8-byte doubles or, before RDB 8, as text. */
  scored(layout: number, binaryScores: boolean): void {
    const { w, strings, visitor } = this;
    const count = w.count();
    visitor.begin(layout, count);
    for (let left = count; left > 0; left--) {
      strings.visit(visitor);
      visitor.score(binaryScores ? w.double() : readTextScore(w));
    }
  }

  ziplist(layout: number): void {
    this.visitor.begin(layout, -1);
    this.ziplistNode();
  }

  zipmap(layout: number): void {
    this.visitor.begin(layout, -1);
    walkZipmap(this.openBlob(), this.strings.blobBytes, this.visitor);
    this.strings.close();
  }

  intset(layout: number): void {
    this.visitor.begin(layout, -1);
    walkIntset(this.openBlob(), this.strings.blobBytes, this.visitor);
    this.strings.close();
  }

  listpack(layout: number): void {
    this.visitor.begin(layout, -1);
    this.listpackNode();
  }

  /** `count, ziplist…`. */
  quicklist(layout: number): void {
    const nodes = this.w.count();
    this.visitor.begin(layout, -1);
    for (let left = nodes; left > 0; left--) this.ziplistNode();
  }

  /** `count, { container, plain string | listpack }…`. */
  quicklist2(layout: number): void {
    const nodes = this.w.count();
    this.visitor.begin(layout, -1);
    for (let left = nodes; left > 0; left--) {
      const container = this.w.count();
      if (container === PACKED_NODE) this.listpackNode();
      else if (container === PLAIN_NODE) this.plainNode();
      else throw new RdbError("BAD_VALUE", this.w.offset() - 1, `quicklist container ${container}`);
    }
  }

  /** `minimum expiry, count, { expiry - minimum + 1 or 0, field, value }…` (24), or absolute expiries (22, RC). */
  hashExpiry(layout: number, relative: boolean): void {
    const { w, strings, visitor } = this;
    const minimum = relative ? w.int64le() : 1;
    const count = w.count();
    visitor.begin(layout, count);
    for (let left = count; left > 0; left--) {
      const delta = w.count();
      strings.visit(visitor);
      strings.visit(visitor);
      visitor.fieldExpiry(delta === 0 ? 0 : minimum + delta - 1);
    }
  }

  /** Valkey: `count, { field, value, expiry or -1 }…`. */
  valkeyHashExpiry(layout: number): void {
    const { w, strings, visitor } = this;
    const count = w.count();
    visitor.begin(layout, count);
    for (let left = count; left > 0; left--) {
      strings.visit(visitor);
      strings.visit(visitor);
      const expiry = w.int64le();
      visitor.fieldExpiry(expiry === -1 ? 0 : expiry);
    }
  }

  /** A listpack of field, value, expiry (0: none); since RDB 12 the smallest expiry stands before it. */
  listpackExpiry(layout: number, withMinimum: boolean): void {
    if (withMinimum) this.w.skip(8);
    const { listpacks, visitor } = this;
    visitor.begin(layout, -1);
    listpacks.begin(this.openBlob(), this.strings.blobBytes);
    while (listpacks.more()) {
      listpacks.report(visitor);
      listpacks.report(visitor);
      listpacks.skip();
      visitor.fieldExpiry(packedNumber(listpacks.element));
    }
    this.strings.close();
  }

  stream(layout: number, parts: StreamParts): void {
    this.visitor.begin(layout, -1);
    this.streams.walk(parts, this.visitor);
  }

  module(layout: number): void {
    const start = this.w.offset();
    this.visitor.begin(layout, -1);
    readModuleId(this.w);
    const { high, low } = moduleId;
    if (isVectorSet(high, low)) this.vectorSets.walk(this.visitor);
    else skipModuleData(this.w);
    this.visitor.module(high, low, this.w.offset() - start);
  }

  /** Redis 8.8: `count, flag, [insert index], { index, tag, value }…`. */
  array(layout: number): void {
    const { w, strings, visitor, details } = this;
    const count = w.count();
    visitor.begin(layout, count);
    if (w.count() !== 0) w.count();
    for (let left = count; left > 0; left--) {
      const index = w.count();
      if (details !== undefined) details.arrayIndex(index);
      const tag = w.count();
      if (tag === 0 || tag === 3) strings.visit(visitor);
      else if (tag === 2 && details !== undefined) details.arrayDouble(w.double());
      else if (tag === 1 || tag === 2) this.arrayNumber();
      else throw new RdbError("BAD_VALUE", w.offset() - 1, `array element tag ${tag}`);
    }
  }

  private arrayNumber(): void {
    const low = this.w.int32le();
    this.visitor.integer(this.w.int32le(), low);
  }

  /** Redis 8.10: names given with the value (29, 31) or by the id of a template (30, 32); values packed or not. */
  hashTemplate(layout: number, packed: boolean, byReference: boolean): void {
    const inline = byReference ? undefined : readInlineNames(this.w, this.strings);
    if (packed) this.templateListpack(layout, inline);
    else this.templateArray(layout, inline);
  }

  private templateArray(layout: number, inline: HashTemplate | undefined): void {
    const { w, visitor } = this;
    const start = w.offset();
    const template = inline ?? this.templates.find(w.count(), start);
    visitor.begin(layout, template.fields);
    this.reportTemplate(template, inline !== undefined);
    for (let left = template.fields; left > 0; left--) this.strings.visit(visitor);
  }

  private templateListpack(layout: number, inline: HashTemplate | undefined): void {
    const { listpacks, visitor } = this;
    const start = this.w.offset();
    const blob = this.strings.open();
    listpacks.begin(blob, this.strings.blobBytes);
    listpacks.skip();
    const template = inline ?? this.templates.find(packedNumber(listpacks.element), start);
    visitor.begin(layout, template.fields);
    visitor.blob(this.strings.blobBytes, this.strings.storedBytes);
    this.reportTemplate(template, inline !== undefined);
    let values = 0;
    for (; listpacks.more(); values++) listpacks.report(visitor);
    this.strings.close();
    if (values !== template.fields)
      throw new RdbError("BAD_TEMPLATE", start, "another number of values than of names");
  }

  private reportTemplate(template: HashTemplate, isInline: boolean): void {
    this.visitor.template(template.fields, template.nameBytes, template.largestNameBytes);
    this.details?.templateAt(template.at, isInline);
  }

  /** A rate limiter's state: one number. */
  number(layout: number): void {
    this.visitor.begin(layout, -1);
    this.w.count();
  }

  private openBlob(): Window {
    const blob = this.strings.open();
    this.visitor.blob(this.strings.blobBytes, this.strings.storedBytes);
    return blob;
  }

  private ziplistNode(): void {
    walkZiplist(this.openBlob(), this.strings.blobBytes, this.visitor);
    this.strings.close();
  }

  private listpackNode(): void {
    const { listpacks, visitor } = this;
    listpacks.begin(this.openBlob(), this.strings.blobBytes);
    while (listpacks.more()) listpacks.report(visitor);
    this.strings.close();
  }

  private plainNode(): void {
    const { strings, visitor } = this;
    const blob = strings.open();
    visitor.plainNode(strings.blobBytes, strings.storedBytes);
    blob.requireElement(strings.blobBytes);
    visitor.text(strings.blobBytes, blob.bytes, blob.pos);
    blob.skip(strings.blobBytes);
    strings.close();
  }
}

const TEXT_SCORES = new Map([
  [253, Number.NaN],
  [254, Number.POSITIVE_INFINITY],
  [255, Number.NEGATIVE_INFINITY],
]);

/** A score before RDB 8: its length and its decimal digits; 253-255 stand for nan, +inf and -inf. */
function readTextScore(w: Window): number {
  const bytes = w.byte();
  const special = TEXT_SCORES.get(bytes);
  if (special !== undefined) return special;
  w.require(bytes);
  const text = String.fromCharCode(...w.bytes.subarray(w.pos, w.pos + bytes));
  const value = Number(text);
  if (bytes === 0 || Number.isNaN(value)) throw new RdbError("BAD_VALUE", w.offset(), "a score is no number");
  w.skip(bytes);
  return value;
}
