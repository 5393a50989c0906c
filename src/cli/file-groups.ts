import { sizeOfInput } from "../io/input-facts.ts";

/** Bytes of files that are read side by side: to begin anew for each small one takes longer than to read it. */
const GROUP_BYTES = 2 ** 30;

/** Files, in their order, that have so many bytes together; each alone that is larger, or whose size nobody knows (0). */
export function groupsOf(inputs: readonly string[], sizeOf = sizeOfInput): string[][] {
  const groups: string[][] = [];
  let room = 0;
  for (const input of inputs) {
    const bytes = sizeOf(input) || GROUP_BYTES;
    if (bytes > room) {
      groups.push([]);
      room = GROUP_BYTES;
    }
    groups.at(-1)!.push(input);
    room -= bytes;
  }
  return groups;
}
