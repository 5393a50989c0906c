/** What is said of a profile that no server's answers were compared with. */
const DERIVED = "derived, not measured";

/** A profile's name, and whether its figures were never compared with a server's. */
export function sizedAs(profile: string, measured: boolean): string {
  return measured ? profile : `${profile} (${DERIVED})`;
}
