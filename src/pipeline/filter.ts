import { TYPES } from "../memory/index.ts";

/** Which keys are stored and counted: all that are given must hold. Structured-cloneable. */
export interface KeyFilter {
  readonly dbs?: readonly number[] | undefined;
  /** Names as TYPE answers. */
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
  accepts(k: FilteredKey, key: Uint8Array): boolean;
}

interface FilteredKey {
  readonly db: number;
  readonly type: number;
  readonly bytes: number;
  readonly nameBytes: number;
  readonly hasExpiry: boolean;
  readonly expiresAt: number;
}

/** The regular expression that a glob stands for, anchored at both ends. */
export function globToRegExp(glob: string): RegExp {
  const body = glob.replace(/\\.|\[\^?[^\]]*\]|[\s\S]/g, (part) => {
    if (part === "*") return "[\\s\\S]*";
    if (part === "?") return "[\\s\\S]";
    if (part.startsWith("[") && part.length > 1) return part.replace(/\\/g, "\\\\");
    return (part.startsWith("\\") && part.length === 2 ? part.slice(1) : part).replace(
      /[\\^$.*+?()[\]{}|/-]/g,
      "\\$&",
    );
  });
  return new RegExp(`^${body}$`, "u");
}

/** Compiles a filter against a snapshot's time (ms since epoch). */
export function compileFilter(filter: KeyFilter, createdAt: number): CompiledFilter {
  const pattern = (text: string | undefined) =>
    text === undefined ? undefined : filter.regex === true ? new RegExp(text, "u") : globToRegExp(text);
  const wanted = pattern(filter.key);
  const unwanted = pattern(filter.notKey);
  const types = filter.types?.map((name) => TYPES.indexOf(name as (typeof TYPES)[number]));
  const decoder = new TextDecoder();
  const { dbs, ttl, minBytes = 0, maxBytes = Number.POSITIVE_INFINITY } = filter;
  return {
    everything: Object.values(filter).every((value) => value === undefined || value === false),
    accepts(k, key) {
      if (dbs !== undefined && !dbs.includes(k.db)) return false;
      if (types !== undefined && !types.includes(k.type)) return false;
      if (k.bytes < minBytes || k.bytes > maxBytes) return false;
      if (ttl !== undefined && !acceptsTtl(ttl, k, createdAt)) return false;
      if (wanted === undefined && unwanted === undefined) return true;
      const name = decoder.decode(key.subarray(0, k.nameBytes));
      return (wanted?.test(name) ?? true) && !(unwanted?.test(name) ?? false);
    },
  };
}

function acceptsTtl(ttl: NonNullable<KeyFilter["ttl"]>, k: FilteredKey, createdAt: number): boolean {
  if (ttl === "none") return !k.hasExpiry;
  if (!k.hasExpiry) return false;
  if (ttl === "any") return true;
  const seconds = (k.expiresAt - createdAt) / 1000;
  return ttl === "expired" ? seconds <= 0 : seconds >= ttl.min && seconds <= ttl.max;
}
