import { TYPES } from "../memory/index.ts";

/** What `parseTypeName` takes, in words. */
export const TYPE_NAMES = `${TYPES.join(", ")} or modules' names`;

/** A name that TYPE may answer; undefined when it is none. A module's type name has nine characters. */
export function parseTypeName(text: string): string | undefined {
  return (TYPES as readonly string[]).includes(text) || /^[\w-]{9}$/.test(text) ? text : undefined;
}
