import fs from "node:fs";
import path from "node:path";
import { snapshotEnding } from "../snapshot-names.ts";

/** Snapshots, by their names, in a folder or in the folders of it, as a pattern of them; undefined: there are none. */
export function snapshotsIn(folder: string): string | undefined {
  const below = entriesOf(folder)
    .filter((one) => one.isDirectory())
    .flatMap((one) => entriesOf(path.join(folder, one.name)));
  for (const [entries, depth] of [
    [entriesOf(folder), []],
    [below, ["*"]],
  ] as const) {
    const ending = entries.map(({ name }) => snapshotEnding(name)).find((one) => one !== undefined);
    if (ending !== undefined) return path.join(folder, ...depth, `*${ending}`);
  }
  return undefined;
}

function entriesOf(folder: string): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // What may not be looked into has nothing to suggest.
  }
}
