/** What snapshots are wrapped in, as names of files say it. */
const WRAPPINGS = "gz|tgz|zst|zstd|lz4|vcs";

/** Endings that say how a snapshot is stored, not which node it is of; those of inventories too. */
const ENDINGS = new RegExp(`(?<=.)(?:\\.(?:rdb|dump|aof|manifest|bin|sqlite|db|${WRAPPINGS}))+$`, "i");

/** A snapshot by its name. */
const SNAPSHOT = new RegExp(`\\.rdb(?:\\.(?:${WRAPPINGS}))?$`, "i");

/** The name of a file without the endings that snapshots have. */
export function withoutEndings(name: string): string {
  return name.replace(ENDINGS, "");
}

/** The ending of a file that is a snapshot by its name, wrapped or not: `.rdb`, `.rdb.gz`. */
export function snapshotEnding(name: string): string | undefined {
  return SNAPSHOT.exec(name)?.[0];
}
