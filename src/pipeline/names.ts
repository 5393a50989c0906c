import { randomBytes } from "node:crypto";
import { UsageError } from "../errors.ts";
import type { NameHash } from "../inventory/name-hash.ts";
import { checkPatternSettings, type PatternSettings } from "../patterns/index.ts";
import type { KeyFilter } from "./filter.ts";

/** How names are told. */
export interface NameOptions {
  /** How names become patterns. */
  readonly patterns?: PatternSettings | undefined;
  /** Names are hashed: with this secret, or with one that is made for this run alone. */
  readonly hashKeys?: boolean | Uint8Array | undefined;
}

/** @throws {UsageError} for settings of patterns that make no sense */
export function checkPatterns(patterns: PatternSettings = {}): void {
  try {
    checkPatternSettings(patterns);
  } catch (error) {
    throw new UsageError((error as Error).message);
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
