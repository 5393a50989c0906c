/**
 * The memory model against what real servers answered, key by key, for every folder of a truth. Ends with 1 when it
 * does not hold. `npm run truth -- [--only PART] [--write] [FOLDER…]`; default folders: ../shared/truth, truth-cross
 * and truth-config. `--write` puts the tables into docs/memory-model.md.
 */
import { parseArgs } from "node:util";
import { skipLoudly } from "../gates/shared.ts";
import { checkFolder } from "./check.ts";
import { profileTable, writeSection } from "./document.ts";
import { truthFolders } from "./folder.ts";
import type { Measurement } from "./measure.ts";
import { markdown, printed } from "./table.ts";

const DEFAULT_FOLDERS = ["../shared/truth", "../shared/truth-cross", "../shared/truth-config"];

function main(roots: readonly string[], only: string, write: boolean): number {
  const folders = roots.flatMap(truthFolders).filter((folder) => folder.includes(only));
  if (folders.length === 0) {
    skipLoudly("truth", roots.join(", "));
    return 1;
  }
  const sound = new Set<Measurement>();
  const measurements: Measurement[] = [];
  let bad = 0;
  for (const path of folders) {
    const { measurement, found } = checkFolder(path);
    console.log(measurement === undefined ? `\n${path}` : printed(measurement));
    for (const text of found) console.log(`DEVIATION ${path}: ${text}`);
    if (found.length > 0) bad++;
    if (measurement === undefined) continue;
    measurements.push(measurement);
    if (found.length === 0) sound.add(measurement);
  }
  if (write) {
    writeSection("profiles", profileTable());
    writeSection(
      "truth",
      markdown(measurements, (one) => sound.has(one)),
    );
  }
  console.log(`\ntruth: ${folders.length} folders, ${folders.length - bad} hold, ${bad} do not`);
  return bad === 0 ? 0 : 1;
}

const { values, positionals } = parseArgs({
  options: { only: { type: "string", default: "" }, write: { type: "boolean", default: false } },
  allowPositionals: true,
});
if (values.write && (values.only !== "" || positionals.length > 0)) {
  console.error("truth: --write takes all folders, so neither --only nor folders");
  process.exitCode = 2;
} else {
  process.exitCode = main(
    positionals.length === 0 ? DEFAULT_FOLDERS : positionals,
    values.only,
    values.write,
  );
}
