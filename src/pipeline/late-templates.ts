import type { RdbHeader } from "../../parsers/header.ts";
import { Splitter } from "../../parsers/splitter.ts";
import { type HashTemplate, type TemplateSource, TemplateStore } from "../../parsers/templates.ts";
import type { ByteSource } from "../../parsers/window.ts";

const WINDOW_BYTES = 2 ** 20;

/**
 * Hash templates of a snapshot of which a few records are read: it is searched for them only when one is asked for,
 * and from where the search before ended.
 */
export class LateTemplates implements TemplateSource {
  private readonly source: ByteSource;
  private readonly header: RdbHeader;
  private readonly store = new TemplateStore();
  private splitter: Splitter | undefined;
  private known = 0;
  private searched = 0;

  constructor(source: ByteSource, header: RdbHeader) {
    this.source = source;
    this.header = header;
  }

  find(id: number, offset: number): HashTemplate {
    const sizes = { windowBytes: WINDOW_BYTES, chunkBytes: WINDOW_BYTES };
    this.splitter ??= new Splitter(this.source, this.header, sizes);
    while (this.searched <= offset) this.searched = this.splitter.next()?.end ?? Number.POSITIVE_INFINITY;
    const { templates } = this.splitter.facts;
    this.store.add(templates, this.known);
    this.known = templates.length;
    return this.store.find(id, offset);
  }
}
