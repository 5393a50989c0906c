/** What a run says that contradicts itself. */
class Contradiction extends Error {}

/** @throws unless it holds */
export function claim(holds: boolean, what: string): void {
  if (!holds) throw new Contradiction(what);
}
