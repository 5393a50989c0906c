import { UsageError } from "../../errors.ts";
import { nearName } from "../../near-names.ts";
import type { ColumnKind } from "../answer.ts";
import { EXPIRY_QUESTIONS } from "./expiry.ts";
import { FLEET_QUESTIONS } from "./fleet.ts";
import { KEY_QUESTIONS } from "./keys.ts";
import { MEMORY_QUESTIONS } from "./memory.ts";
import { NODE_QUESTIONS } from "./nodes.ts";
import { PATTERN_QUESTIONS } from "./patterns.ts";
import type { NamedQuestion } from "./question.ts";
import { SNAPSHOT_QUESTIONS } from "./snapshot.ts";

/** Every question with a name. A new one: a row in one of these tables. */
export const NAMED_QUESTIONS: Readonly<Record<string, NamedQuestion>> = {
  ...MEMORY_QUESTIONS,
  ...PATTERN_QUESTIONS,
  ...KEY_QUESTIONS,
  ...EXPIRY_QUESTIONS,
  ...SNAPSHOT_QUESTIONS,
  ...NODE_QUESTIONS,
  ...FLEET_QUESTIONS,
};

/** A text that can only be meant as a question's name: no SQL is one word. */
export function looksNamed(text: string): boolean {
  return /^[\w-]+$/.test(text);
}

/** The question of a name. @throws {UsageError} that tells names like it */
export function namedQuestion(name: string): NamedQuestion {
  if (Object.hasOwn(NAMED_QUESTIONS, name)) return NAMED_QUESTIONS[name]!;
  const near = namesLike(name);
  const hint = near.length > 0 ? `is it ${near.join(" or ")}?` : "rdbscope query --list names all";
  throw new UsageError(`there is no question ${name}: ${hint}`);
}

/** Names that one may be meant for: nearly spelt so, or with a word in common. */
function namesLike(name: string): string[] {
  const names = Object.keys(NAMED_QUESTIONS);
  const near = nearName(name, names);
  const words = new Set(name.toLowerCase().split(/[-_]/));
  const related = names.filter((one) => one !== near && one.split("-").some((word) => words.has(word)));
  return [...(near === undefined ? [] : [near]), ...related].slice(0, 4);
}

/** Whether a question is asked of each snapshot apart. */
export function isPerSnapshot({ sql }: NamedQuestion): boolean {
  return /:snapshot\b/.test(sql);
}

/** How tables show a column of a named question, by the end of its name. */
const KINDS: readonly (readonly [ending: RegExp, kind: ColumnKind])[] = [
  [/(?:^|_)key(?:_before|_after)?$|^pattern$|^prefix$|^largest_element$|^path$/, "key"],
  [/(?:^|_)bytes$/, "bytes"],
  [/_share$/, "share"],
  [/^over_mean$/, "ratio"],
  [/_at$/, "time"],
  [/^(?:expired_|loaded_)?keys$|^keys_with_ttl$|^elements$|^patterns$/, "count"],
];

/** Human units in tables; other formats have figures as they are. */
export function namedKind(column: string): ColumnKind {
  return KINDS.find(([ending]) => ending.test(column))?.[1] ?? "number";
}
