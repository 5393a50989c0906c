import { readTruthFolder } from "./folder.ts";
import { type Measurement, measureFolder, profileName, targetOf } from "./measure.ts";
import { deviations } from "./verdict.ts";

/** A folder as measured, and a line for everything that is not as it must be. */
export interface Checked {
  /** Undefined when no profile stands for the server, which is a deviation too. */
  readonly measurement: Measurement | undefined;
  readonly found: readonly string[];
}

/** Holds the model against the folder at `path`. */
export function checkFolder(path: string): Checked {
  const folder = readTruthFolder(path);
  const target = targetOf(folder);
  if (target === undefined) {
    return { measurement: undefined, found: [`no profile is named ${profileName(folder)}`] };
  }
  const measurement = measureFolder(folder, target);
  return { measurement, found: deviations(measurement) };
}
