import { counted, someOf } from "../queries/words.ts";
import { type Cli, note } from "./io.ts";

/** Tells once more, in the end, which files of a run are missing in what it made: of `refused` ones the same command reads none again. */
export function noteMissing(
  cli: Cli,
  files: readonly string[],
  refused: readonly string[],
  output: string,
): void {
  if (files.length === 0) return;
  const [are, them] = files.length === 1 ? ["is", "it"] : ["are", "them"];
  const again =
    refused.length === files.length ? "" : ` (the same command with --resume reads ${them} again)`;
  note(cli, `${counted(files.length, "file")} ${are} missing in ${output}: ${someOf(files)}${again}`);
}
