import { randomBytes } from "node:crypto";
import { UsageError } from "../errors.ts";
import { MIN_SECRET_BYTES, NameHash } from "../inventory/name-hash.ts";
import { checkPatternSettings, type PatternSettings } from "../patterns/index.ts";
import type { KeyFilter } from "./filter.ts";

/** How names are told. */
export interface NameOptions {
  /** How names become patterns. */
  readonly patterns?: PatternSettings | undefined;
  /**
   * Puts a keyed hash in the place of names, so that what is told can be shared: with this secret, or (`true`) one made
   * for this run alone. Filters are applied to the names themselves.
   */
  readonly hashKeys?: Uint8Array | boolean | undefined;
}

/** @throws {UsageError} for settings of patterns that make no sense, and a secret that is too short */
export function checkNames({ patterns = {}, hashKeys }: NameOptions): void {
  try {
    checkPatternSettings(patterns);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  if (hashKeys instanceof Uint8Array && hashKeys.length < MIN_SECRET_BYTES) {
    throw new UsageError(`a secret has ${MIN_SECRET_BYTES} bytes at least`);
  }
}

/** The secret that names are hashed with; undefined where they stay. */
export function secretOf({ hashKeys = false }: NameOptions): Uint8Array | undefined {
  if (typeof hashKeys !== "boolean") return hashKeys;
  return hashKeys ? randomBytes(32) : undefined;
}

/** Filters without what they say of names. */
export function hashedFilters(filters: KeyFilter, hash: NameHash | undefined): KeyFilter {
  if (hash === undefined) return filters;
  const hidden = (text: string | undefined) => text && hash.text(Buffer.from(text));
  return { ...filters, key: hidden(filters.key), notKey: hidden(filters.notKey) };
}

/** How a run stores names, and what was said of them. */
export class StoredNames {
  /** Undefined: names stay as they are. */
  readonly secret: Uint8Array | undefined;
  readonly hash: NameHash | undefined;
  /** Filters, and settings of patterns, without what they say of names. */
  readonly filters: KeyFilter;
  readonly patterns: PatternSettings;

  constructor(options: NameOptions & { readonly filters?: KeyFilter | undefined }) {
    this.secret = secretOf(options);
    const hash = this.secret === undefined ? undefined : new NameHash(this.secret);
    const { filters = {}, patterns = {} } = options;
    this.hash = hash;
    this.filters = hashedFilters(filters, hash);
    this.patterns =
      hash === undefined || patterns.templates === undefined
        ? patterns
        : { ...patterns, templates: patterns.templates.map((text) => hash.text(Buffer.from(text))) };
  }
}
