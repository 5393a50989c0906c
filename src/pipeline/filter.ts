import { moduleTypeName } from "../../parsers/module.ts";
import { UsageError } from "../errors.ts";
import { isText } from "../inventory/utf8.ts";
import { TYPE, TYPES } from "../memory/index.ts";
import { globToRegExp } from "../patterns/index.ts";

/** Which keys are stored and counted: all that are given must hold. Structured-cloneable. */
export interface KeyFilter {
  readonly dbs?: readonly number[] | undefined;
  /** Names as TYPE answers: a module's own name too; `module` is all of them. */
  readonly types?: readonly string[] | undefined;
  /** A glob (`*`, `?`, `[a-z]`) or, with `regex`, a regular expression, over the key's name. */
  readonly key?: string | undefined;
  readonly regex?: boolean | undefined;
  readonly notKey?: string | undefined;
  readonly minBytes?: number | undefined;
  readonly maxBytes?: number | undefined;
  /** `none`: without expiry; `any`: with; `expired`: at or before the snapshot's time; else seconds from then. */
  readonly ttl?: "none" | "any" | "expired" | { readonly min: number; readonly max: number } | undefined;
}

/** A compiled filter: numbers decide first, the name last. */
export interface CompiledFilter {
  readonly everything: boolean;
  /** `module`: whose value it is, if it is a module's. */
  accepts(k: FilteredKey, key: Uint8Array, module: ModuleId): boolean;
}

interface ModuleId {
  readonly moduleHigh: number;
  readonly moduleLow: number;
}

interface FilteredKey {
  readonly db: number;
  readonly type: number;
  readonly bytes: number;
  readonly nameBytes: number;
  readonly hasExpiry: boolean;
  readonly expiresAt: number;
}

/**
 * Compiles a filter against a snapshot's time (ms since epoch).
 * @throws {UsageError} when its regular expression or glob is none
 */
export function compileFilter(filter: KeyFilter, createdAt: number): CompiledFilter {
  const pattern = (text: string | undefined) =>
    text === undefined ? undefined : toRegExp(text, filter.regex === true);
  const wanted = pattern(filter.key);
  const unwanted = pattern(filter.notKey);
  const types = filter.types?.map((name) => TYPES.indexOf(name as (typeof TYPES)[number]));
  const isNamed = (k: FilteredKey, { moduleHigh, moduleLow }: ModuleId) =>
    k.type === TYPE.module && filter.types?.includes(moduleTypeName(moduleHigh, moduleLow)) === true;
  const { dbs, ttl, minBytes = 0, maxBytes = Number.POSITIVE_INFINITY } = filter;
  return {
    everything: Object.values(filter).every((value) => value === undefined || value === false),
    accepts(k, key, module) {
      if (dbs !== undefined && !dbs.includes(k.db)) return false;
      if (types !== undefined && !types.includes(k.type) && !isNamed(k, module)) return false;
      if (k.bytes < minBytes || k.bytes > maxBytes) return false;
      if (ttl !== undefined && !acceptsTtl(ttl, k, createdAt)) return false;
      if (wanted === undefined && unwanted === undefined) return true;
      const bytes = key.subarray(0, k.nameBytes);
      const name = filter.regex === true ? textOf(bytes) : Buffer.from(bytes).toString("latin1");
      return (wanted?.test(name) ?? true) && !(unwanted?.test(name) ?? false);
    },
  };
}

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** What a regular expression is matched against: the text of a key that is text, else a character a byte. */
function textOf(bytes: Uint8Array): string {
  return isText(bytes, bytes.length) ? UTF8.decode(bytes) : Buffer.from(bytes).toString("latin1");
}

function toRegExp(text: string, isRegExp: boolean): RegExp {
  try {
    return isRegExp ? new RegExp(text, "u") : globToRegExp(text);
  } catch (cause) {
    throw new UsageError(`${text}: ${(cause as Error).message}`, { cause });
  }
}

function acceptsTtl(ttl: NonNullable<KeyFilter["ttl"]>, k: FilteredKey, createdAt: number): boolean {
  if (ttl === "none") return !k.hasExpiry;
  if (!k.hasExpiry) return false;
  if (ttl === "any") return true;
  const seconds = (k.expiresAt - createdAt) / 1000;
  return ttl === "expired" ? seconds <= 0 : seconds >= ttl.min && seconds <= ttl.max;
}
