import { byteString, globToRegExp } from "../patterns/index.ts";

/** Seconds left at the snapshot's own time (both ends are in it), or a word. */
export type TtlFilter = "none" | "any" | "expired" | { readonly min: number; readonly max: number };

/** Which keys a question is about. What is not given restricts nothing. */
export interface QuestionFilters {
  readonly dbs?: readonly number[] | undefined;
  readonly types?: readonly string[] | undefined;
  /** A pattern as the inventory names it, exactly. */
  readonly pattern?: string | undefined;
  /** A Redis glob, or with `regex` a regular expression, that the key has to match. */
  readonly key?: string | undefined;
  readonly regex?: boolean | undefined;
  /** Redis globs of which the key has to match one. */
  readonly keys?: readonly string[] | undefined;
  /** The same as `key`, that the key must not match. */
  readonly notKey?: string | undefined;
  readonly minBytes?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly ttl?: TtlFilter | undefined;
}

/** The options whose answer is in no aggregate table: they need a row a key. */
export function keyRowFilters(filters: QuestionFilters): string[] {
  const options: string[] = [];
  if (filters.key !== undefined || filters.keys !== undefined) options.push("--key");
  if (filters.notKey !== undefined) options.push("--not-key");
  if (filters.minBytes !== undefined || filters.maxBytes !== undefined) options.push("--size");
  if (filters.ttl !== undefined) options.push("--ttl");
  return options;
}

/** Whether nothing is filtered. */
export function isUnfiltered(filters: QuestionFilters): boolean {
  return Object.values(filters).every((value) => value === undefined || value === false);
}

/** Tells whether a key's name passes; undefined when no filter looks at names. */
export function nameMatcher(filters: QuestionFilters): ((key: string | Buffer) => boolean) | undefined {
  const { key, keys, notKey, regex = false } = filters;
  if (key === undefined && keys === undefined && notKey === undefined) return undefined;
  const compile = (text: string) => (regex ? new RegExp(text, "u") : globToRegExp(text));
  const wanted = key === undefined ? undefined : compile(key);
  const any = keys?.map(globToRegExp);
  const unwanted = notKey === undefined ? undefined : compile(notKey);
  return (name) => {
    const text = regex && typeof name === "string" ? name : byteString(name);
    if (any !== undefined && !any.some((glob) => glob.test(byteString(name)))) return false;
    return (wanted?.test(text) ?? true) && !(unwanted?.test(text) ?? false);
  };
}
