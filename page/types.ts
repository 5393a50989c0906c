/** Types with a colour of their own. */
const KNOWN = ["string", "hash", "list", "set", "zset", "stream", "array", "vectorset"] as const;

/** Class of what is about keys of a type: its colour. Types of modules share one. */
export function typeClass(type: string | undefined): string {
  return `t-${(KNOWN as readonly string[]).includes(type ?? "") ? type : "other"}`;
}
