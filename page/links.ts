/** What one view asks of another: to list the biggest keys of a pattern. The view that can sets it, the last one shown. */
let listed: (pattern: string) => void = () => {};

/** Says who lists keys. */
export function listsKeys(list: (pattern: string) => void): void {
  listed = list;
}

/** Lists the biggest keys of a pattern, and goes there. */
export function listKeys(pattern: string): void {
  listed(pattern);
}
