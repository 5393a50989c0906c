/** What is said of a profile that no server's answers were compared with. */
const DERIVED = "derived, not measured";

/** Explains the mark of `marked`. */
export const DERIVED_NOTE = "* derived from the server's sources, not measured on one";

/** A profile's name in a sentence, and whether its figures were never compared with a server's. */
export function sizedAs(profile: string, measured: boolean): string {
  return measured ? profile : `${profile} (${DERIVED})`;
}

/** A name in a table, with a mark where `DERIVED_NOTE` holds. */
export function marked(name: string, measured: boolean): string {
  return measured ? name : `${name}*`;
}
