import type { RdbError } from "../../parsers/errors.ts";
import { openInventory } from "../inventory/open.ts";
import { damageNotes } from "../queries/notes.ts";
import { EXIT } from "./exit-status.ts";
import type { Cli } from "./io.ts";

/** What the reader of an answer should know of damage in the snapshots of an inventory. */
export function damageNotesOf(file: string): string[] {
  const inventory = openInventory(file);
  try {
    return damageNotes(inventory);
  } finally {
    inventory.close();
  }
}

/** Tells, when a key was found before a snapshot is damaged, that what stands behind was not searched. */
export function damageTeller(
  cli: Cli,
  file: string,
  warn: (message: string) => void,
): (error: RdbError) => void {
  return ({ message }) => {
    cli.status = EXIT.damaged;
    warn(`${file}: ${message}; other databases behind that may hold the key, too`);
  };
}
