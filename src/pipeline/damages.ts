import type { Damage, Damages } from "../../workers/protocol.ts";

/** Damaged values that are named; of the others the number is told. */
const MAX_NAMED = 100;

/** The first damages of all readers in the order of the snapshot, and a last one that counts the rest. */
export function mergeDamages(parts: readonly Damages[]): Damage[] {
  const named = parts
    .flatMap((part) => part.first)
    .sort((a, b) => a.offset - b.offset)
    .slice(0, MAX_NAMED);
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const more = count - named.length;
  if (more === 0) return named;
  const { offset } = named.at(-1)!;
  return [
    ...named,
    { code: "MORE_DAMAGE", offset, message: `${more} more values behind byte ${offset} are damaged` },
  ];
}
