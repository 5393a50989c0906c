/** What a parameter's value is: how it is typed, and what the SQL gets. `duration` is ms, `bytes` bytes. */
export type ParamType = "number" | "bytes" | "duration" | "text" | "key" | "type";

/** A parameter of a named question; in its SQL `:name`. */
export interface Param {
  readonly type: ParamType;
  /** As it is typed; null: all of them; undefined: it has to be given. */
  readonly default?: string | null;
  readonly meaning: string;
}

/**
 * A question with a name. Its SQL is asked once for each snapshot where it says `:snapshot`; it uses nothing that SQLite 3.37
 * does not have, so that it can be copied elsewhere.
 */
export interface NamedQuestion {
  /** What it answers, in one line. */
  readonly title: string;
  readonly params?: Readonly<Record<string, Param>>;
  readonly sql: string;
  /** Told when there are no rows, where that has a reason that is not in the question. */
  readonly whenEmpty?: string;
}

/** How many rows are shown. */
export const limit = (rows: number): Param => ({
  type: "number",
  default: String(rows),
  meaning: "rows at most",
});
export const db: Param = { type: "number", default: null, meaning: "only this database" };
export const type: Param = { type: "type", default: null, meaning: "only this type, such as hash" };
export const pattern: Param = {
  type: "text",
  default: null,
  meaning: "only this pattern, as `patterns` prints it",
};
