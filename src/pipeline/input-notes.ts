import type { Damage } from "../../workers/protocol.ts";
import { tailOf } from "../io/inputs/tail.ts";
import { counted } from "../queries/words.ts";
import type { Plan } from "./origin.ts";

const TRAILING = { snapshot: ": another snapshot begins there, and is not read", unknown: "" } as const;

/** What of an input was not read, and what stands behind the end of the snapshot: warnings of an inventory. */
export function inputNotes(plan: Plan, trailingBytes: number): Damage[] {
  const notes = plan.notes.map(({ code, message }) => ({ code, offset: -1, message }));
  const { kind, offset, bytes } = tailOf(plan.file, trailingBytes);
  if (kind === "none") return notes;
  const tail =
    kind === "commands"
      ? {
          code: "AOF_NOT_READ",
          message: `${counted(bytes, "byte")} of commands (AOF) follow the snapshot: they are not read, and what they changed is shown as it was before`,
        }
      : {
          code: "TRAILING_BYTES",
          message: `${counted(bytes, "byte")} follow the end of the snapshot${TRAILING[kind]}`,
        };
  return [...notes, { ...tail, offset }];
}
