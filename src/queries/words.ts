/** A number with its thousands set apart, and rounded to a whole one. */
export function thousands(count: number | bigint): string {
  return String(typeof count === "number" ? Math.round(count) : count).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** Names that a line has at most. */
const NAMED = 3;

/** The first of these names, and how many there are besides: "a, b, c and 2 more". */
export function someOf(names: readonly string[], most = NAMED): string {
  const more = names.length - most;
  return names.slice(0, most).join(", ") + (more > 0 ? ` and ${thousands(more)} more` : "");
}

/** "1 key", "3,264 keys". */
export function counted(count: number, noun: string): string {
  return `${thousands(count)} ${noun}${Math.round(count) === 1 ? "" : "s"}`;
}
