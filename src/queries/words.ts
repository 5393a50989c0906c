/** A number with its thousands set apart, and rounded to a whole one. */
export function thousands(count: number | bigint): string {
  return String(typeof count === "number" ? Math.round(count) : count).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** "1 key", "3,264 keys". */
export function counted(count: number, noun: string): string {
  return `${thousands(count)} ${noun}${Math.round(count) === 1 ? "" : "s"}`;
}
