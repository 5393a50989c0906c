import { REFUSED } from "../errors.ts";
import { counted, someOf } from "../queries/words.ts";
import { type Cli, note } from "./io.ts";

/** A file that failed, and why. */
export interface Missing {
  readonly path: string;
  readonly code: string;
}

/** Tells once more, in the end, which files of a run are missing in what it made: what was refused would be so again. */
export function noteMissing(cli: Cli, files: readonly Missing[], output: string): void {
  if (files.length === 0) return;
  const [are, them] = files.length === 1 ? ["is", "it"] : ["are", "them"];
  const isHopeless = files.every(({ code }) => code === REFUSED);
  const again = isHopeless ? "" : ` (the same command with --resume reads ${them} again)`;
  const names = someOf(files.map(({ path }) => path));
  note(cli, `${counted(files.length, "file")} ${are} missing in ${output}: ${names}${again}`);
}
