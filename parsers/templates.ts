import { RdbError } from "./errors.ts";

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
