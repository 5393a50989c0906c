import type { RdbHeader } from "../../parsers/header.ts";
import { Splitter } from "../../parsers/splitter.ts";
import { type HashTemplate, type TemplateSource, TemplateStore } from "../../parsers/templates.ts";
import type { ByteSource } from "../../parsers/window.ts";

const WINDOW_BYTES = 2 ** 20;

/** Hash templates of a snapshot of which one record is read: it is searched for them only when one is asked for. */
export class LateTemplates implements TemplateSource {
  private readonly source: ByteSource;
  private readonly header: RdbHeader;

  constructor(source: ByteSource, header: RdbHeader) {
    this.source = source;
    this.header = header;
  }

  find(id: number, offset: number): HashTemplate {
    const sizes = { windowBytes: WINDOW_BYTES, chunkBytes: WINDOW_BYTES };
    const splitter = new Splitter(this.source, this.header, sizes);
    for (let chunk = splitter.next(); chunk !== undefined && chunk.end <= offset; ) chunk = splitter.next();
    const store = new TemplateStore(this.source);
    store.add(splitter.facts.templates);
    return store.find(id, offset);
  }
}
