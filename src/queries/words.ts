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

/** What is said of some of `all` snapshots, a line a message: with their names, unless it is said of all of them. */
export function attributed(
  told: readonly { readonly name: string; readonly message: string }[],
  all: number,
): string[] {
  const names = new Map<string, Set<string>>();
  for (const { name, message } of told) names.set(message, (names.get(message) ?? new Set()).add(name));
  return [...names].map(([message, of]) => (of.size >= all ? message : `${someOf([...of])}: ${message}`));
}

/** "1 key", "3,264 keys". */
export function counted(count: number, noun: string): string {
  return `${thousands(count)} ${noun}${Math.round(count) === 1 ? "" : "s"}`;
}
