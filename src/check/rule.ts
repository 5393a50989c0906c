import type { z } from "zod";
import type { Info } from "../doctor/info.ts";
import type { Row } from "../queries/answer.ts";
import type { Scope } from "../queries/scope.ts";
import type { Totals } from "./totals.ts";

/** How bad it is when a rule does not hold: an error fails the check, a warning is only told. */
export const LEVELS = ["error", "warning"] as const;
export type Level = (typeof LEVELS)[number];

/** What a violation is about. */
export type About = "all" | "server" | "key" | "pattern" | "type" | "db" | "encoding" | "finding" | "row";

/** How a number is meant: decides how people see it. */
export type Unit = "bytes" | "count" | "share";

/** One thing that a policy does not allow. Names in it are as the snapshot has them: reports make them safe. */
export interface Violation {
  readonly about: About;
  /** Of the key, the pattern, the type …; null: it is about all of what the rule looks at. */
  readonly name: string | Buffer | null;
  /** All that the rule looks at, in words, such as "keys of pattern session:*". */
  readonly chosen: string;
  /** Database of a key. */
  readonly db: number | null;
  /** What was measured, in a word or two, such as "average"; the number stands before or behind it. */
  readonly what: string;
  readonly value: number | null;
  /** The field of the policy that says otherwise, and what it says. */
  readonly field: string;
  readonly limit: number | null;
  /** As the policy spells it; null: there is none, or it is a default. */
  readonly limit_text: string | null;
  readonly unit: Unit;
  /** What else helps to find it, in plain words; empty: nothing. */
  readonly detail: string;
  /** Some keys of it. */
  readonly examples: readonly (string | Buffer)[];
}

/** A violation as a rule tells it: examples are looked for when it is shown. */
export interface Found extends Omit<Violation, "examples" | "chosen" | "limit_text"> {
  readonly examples: () => readonly (string | Buffer)[];
  /** Those with more are told first; of the same rank, the first. */
  readonly rank: number;
}

/** A violation with what most do not have left out. */
export function violation(one: Pick<Found, "about" | "name" | "what" | "field"> & Partial<Found>): Found {
  return {
    db: null,
    value: null,
    limit: null,
    unit: "count",
    detail: "",
    examples: () => [],
    rank: 0,
    ...one,
  };
}

/** What a rule cannot do without: a row a key, names that are not hashed, or a baseline. */
export type Need = "rows" | "names" | "baseline";

/** What a rule found out besides violations. */
export interface Outcome {
  /** What was measured, in one line without names. */
  readonly measured: string;
  /** What the reader has to know. */
  readonly notes?: readonly string[];
}

/**
 * Asks SQL that somebody wrote of the inventory of a scope, and tells each row.
 * @throws {UsageError} when it is not one statement that reads, or took more than it may
 */
export type AskSql = (
  sql: string,
  params: Readonly<Record<string, number>>,
  onRow: (row: Row) => void,
) => Promise<void>;

/** What a rule is asked of. */
export interface Context {
  readonly scope: Scope;
  /** Snapshots that the inventory holds. */
  readonly snapshots: number;
  /** Totals of an earlier snapshot. */
  readonly baseline: Totals | undefined;
  readonly info: Info | undefined;
  /** Milliseconds since the epoch that the check takes for the present. */
  readonly now: number;
  readonly askSql: AskSql;
}

/** A kind of rule: the fields that a policy gives it, and how it is looked at. */
export interface RuleKind<S extends z.ZodRawShape = z.ZodRawShape> {
  /** What a policy calls it, and its section in docs/policy.md. */
  readonly id: string;
  /** What it looks for, in a few words. */
  readonly looksFor: string;
  readonly fields: S;
  /** Fields of which one has to be given at least. */
  readonly oneOf?: readonly (keyof S & string)[];
  needs(fields: z.output<z.ZodObject<S>>): readonly Need[];
  /** With a row a key it finds more, or can name keys: a snapshot is then analyzed with them. */
  readonly prefersRows?: boolean;
  /** Tells what is wrong to `found`: the worst first, or with ranks. */
  check(
    context: Context,
    fields: z.output<z.ZodObject<S>>,
    found: (one: Found) => void,
  ): Outcome | Promise<Outcome>;
}

/** A kind as the registry holds it. */
export function ruleKind<S extends z.ZodRawShape>(kind: RuleKind<S>): RuleKind {
  return kind as unknown as RuleKind;
}

/** Whether a value is not within a limit; whether that is the most or the least, the field's name says. */
export function isBeyond(field: string, value: number, limit: number): boolean {
  return field.startsWith("min_") ? value < limit : value > limit;
}
