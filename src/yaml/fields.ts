import * as z from "zod";
import { ENCODINGS, TYPES } from "../memory/index.ts";
import { nearName } from "../near-names.ts";
import { parseBytes } from "../ranges.ts";

/**
 * Kinds of values that policies, scenarios and catalogues have. The message of each is what it should be, in words: whoever reads a wrong policy is told
 * that the value "is not" this.
 */

const SIZE = /^\d{1,15}(?:\.\d{1,6})?[bkmgtBKMGT]?$/; // Schemas for editors have no flags.
const SHARE = /^(?:100(?:\.0{1,6})?|\d{1,2}(?:\.\d{1,6})?)%$/;
const PERCENT = /^\d{1,9}(?:\.\d{1,6})?%$/;

/** The number that is nearest to it: 33.3% is 0.333, as 333 of 1000 are. */
const hundredth = (text: string) => Number(`${text.slice(0, -1)}e-2`);

/** Bytes: a number, or a text with a unit (1024-based); `least` at least, for which `tooFew` is what is said. */
export function size(meaning: string, least = 0, tooFew = "") {
  const error = "a size in bytes such as 500, 10K, 500M or 4G";
  return z
    .union([z.int(error).nonnegative(error), z.string(error).regex(SIZE, error)], error)
    .transform((value) => (typeof value === "number" ? value : parseBytes(value)!))
    .refine((value) => value >= least, tooFew)
    .describe(`${meaning} Bytes, or a text such as 500M or 4G (1024-based).`);
}

/** A number of things. */
export function count(meaning: string) {
  const error = "a whole number such as 10000";
  return z.int(error).nonnegative(error).describe(meaning);
}

/** A part of a whole, as a share of one; `least` per cent at least. */
export function share(meaning: string, least = 0) {
  const error = `a percentage from ${least}% to 100%, such as 95%`;
  return z
    .string(error)
    .regex(SHARE, error)
    .transform(hundredth)
    .refine((value) => value >= least / 100, error)
    .describe(`${meaning} Such as 95%.`);
}

/** A growth, as a share of what there was; `most` per cent at most. */
export function percent(meaning: string, most = Number.POSITIVE_INFINITY) {
  const error = Number.isFinite(most)
    ? `a percentage from 0% to ${most}%`
    : "a percentage such as 10% or 150%";
  return z
    .string(error)
    .regex(PERCENT, error)
    .transform(hundredth)
    .refine((value) => value <= most / 100, error)
    .describe(`${meaning} Such as 10%.`);
}

/** One of a few words. */
export function choice<const T extends readonly [string, ...string[]]>(words: T, meaning: string) {
  return z.enum(words, `one of ${words.join(", ")}`).describe(meaning);
}

/** A text that says something. */
export function words(meaning: string) {
  const error = "a text";
  return z.string(error).trim().min(1, error).describe(meaning);
}

/** What a value should be, told with the wrong one at hand. */
type Told = (issue: { readonly input?: unknown }) => string;

/** One thing, or a list of such; always a list afterwards. */
function oneOrMore<T extends z.ZodType>(one: T, plural: string | Told) {
  const error = typeof plural === "string" ? `${plural}: one, or a list` : { error: plural };
  return z
    .union([one, z.array(one, error).min(1, error)], error)
    .transform((value): z.output<T>[] => (Array.isArray(value) ? value : [value]));
}

/** In which every `[` has its `]`. */
const CLOSED = /^(?:\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|[^[\\])*\\?$/;
const glob = z
  .string("a glob such as session:*")
  .min(1, "a glob such as session:*")
  .regex(CLOSED, "a glob: a [ lacks its ]; one that is meant as such is \\[");

/** Globs, one or a list. */
export function globs(meaning: string) {
  return oneOrMore(glob, "globs such as session:*").describe(meaning);
}

const TYPE_NAMES = `${TYPES.join(", ")} or a module's own name`;

/** Names that TYPE answers, one or a list. */
export function types(meaning: string) {
  const known = z.enum(TYPES as unknown as [string, ...string[]], TYPE_NAMES);
  const module = z.string(TYPE_NAMES).regex(/^[\w-]{9}$/, TYPE_NAMES);
  return oneOrMore(z.union([known, module], TYPE_NAMES), TYPE_NAMES).describe(meaning);
}

/** Numbers of databases, one or a list. */
export function databases(meaning: string) {
  const error = "numbers of databases such as 0";
  return oneOrMore(z.int(error).nonnegative(error), error).describe(meaning);
}

/** Some of a few words, one or a list. */
export function someOf(known: readonly string[], meaning: string) {
  const error = `one of ${known.join(", ")}, or a list`;
  return oneOrMore(z.enum(known as [string, ...string[]], error), error).describe(meaning);
}

/** Names of encodings, one or a list. */
export function encodings(meaning: string) {
  const all = `encodings as OBJECT ENCODING answers: ${ENCODINGS.join(", ")}`;
  const error: Told = ({ input }) => {
    const near = [input]
      .flat()
      .flatMap((one) => (isEncoding(one) ? [] : (nearName(String(one), ENCODINGS) ?? [])));
    return near.length === 0 ? all : `${all} (did you mean ${near[0]}?)`;
  };
  return oneOrMore(z.enum(ENCODINGS), error).describe(meaning);
}

function isEncoding(name: unknown): boolean {
  return ENCODINGS.some((one) => one === name);
}

/** A number that may have a fraction, `min` to `max`. */
export function number(meaning: string, min: number, max: number) {
  const error = `a number from ${min} to ${max}`;
  return z.number(error).min(min, error).max(max, error).describe(meaning);
}

/** A whole number, `min` to `max`. */
export function whole(meaning: string, min: number, max: number) {
  const error = `a whole number from ${min} to ${max}`;
  return z.int(error).min(min, error).max(max, error).describe(meaning);
}

const CHANGE = /^[+-]?\d{1,6}(?:\.\d{1,6})?%$/;

/** A change as a share of what there was; below 0 it shrinks. */
export function change(meaning: string) {
  const error = "a percentage such as 5% or -2%";
  return z
    .string(error)
    .regex(CHANGE, error)
    .transform(hundredth)
    .refine((value) => value > -1, `${error}, more than -100%: nothing shrinks to less than nothing`)
    .describe(`${meaning} Such as 5%, or -2%.`);
}

/** yes or no. */
export function flag(meaning: string) {
  return z.boolean("true or false").describe(meaning);
}
