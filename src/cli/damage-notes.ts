import { openInventory } from "../inventory/open.ts";
import { damageNotes } from "../queries/notes.ts";

/** What the reader of an answer should know of damage in the snapshots of an inventory. */
export function damageNotesOf(file: string): string[] {
  const inventory = openInventory(file);
  try {
    return damageNotes(inventory);
  } finally {
    inventory.close();
  }
}
