import { RdbError } from "../../parsers/errors.ts";
import { UsageError } from "../errors.ts";
import type { AnalyzeResult, AnalyzeOptions as EngineOptions, Progress } from "../index.ts";
import { EXIT, raiseStatus } from "./exit-status.ts";
import { interruptible } from "./interrupt.ts";
import { type Cli, note, warner } from "./io.ts";
import { type AnalysisOptions, choiceOf } from "./options.ts";
import { progressOf } from "./progress.ts";
import { readSecretFile } from "./secret-file.ts";

/** What an analysis is of, and what becomes of it; `hashKeys` stands over the options; `signal` may be aborted before it begins. */
export type Chosen = Pick<
  EngineOptions,
  | (
      | "inputs"
      | "output"
      | "isTemporary"
      | "totalsOnly"
      | "force"
      | "resume"
      | "keys"
      | "filters"
      | "index"
      | "patterns"
    )
  | ("hashKeys" | "onFailed" | "onKept" | "signal")
>;

/** Runs an analysis under a progress bar; Ctrl-C ends it. A wrong checksum sets the exit status. */
export async function runAnalysis(
  cli: Cli,
  options: AnalysisOptions,
  chosen: Chosen,
): Promise<AnalyzeResult> {
  const choice = choiceOf(options, warner(cli, options.quiet));
  const secretFile = options.hashKeysSecretFile;
  const hashKeys =
    chosen.hashKeys ?? (secretFile === undefined ? options.hashKeys : readSecretFile(secretFile));
  const { analyze } = await import("../index.ts");
  const bar = progressOf(cli, options, chosen.inputs);
  try {
    const { workers, tempDir, maxExpanded, salvage } = options;
    const sample = sampleChoice(options);
    const given = { hashKeys, workers, tempDir, maxExpanded, salvage, sample };
    const onProgress = (progress: Progress) => bar.update(progress);
    const result = await interruptible((signal) => {
      chosen.signal?.throwIfAborted();
      return analyze({ ...chosen, ...choice, ...given, signal, onProgress });
    });
    bar.done();
    reportChecksums(cli, options, result);
    return result;
  } finally {
    bar.stop();
  }
}

/** @throws {UsageError} for a seed without a sample */
function sampleChoice({ sample: share, sampleSeed: seed }: AnalysisOptions): EngineOptions["sample"] {
  if (share !== undefined) return { share, seed };
  if (seed !== undefined) throw new UsageError("--sample-seed needs --sample");
  return undefined;
}

function reportChecksums(cli: Cli, options: AnalysisOptions, { snapshots }: AnalyzeResult): void {
  for (const snapshot of snapshots) {
    reportChecksum(cli, options, snapshot);
    if (!snapshot.salvaged || snapshot.keys > 0) continue;
    note(cli, `${snapshot.path}: no key could be salvaged`);
    raiseStatus(cli, EXIT.damaged);
  }
}

/** What is told of a snapshot's checksum. */
interface Checked {
  readonly path: string;
  readonly checksum: string;
  readonly checksumOffset: number;
}

/** A wrong checksum is told and sets the exit status, unless damage is what is expected. */
export function reportChecksum(
  cli: Cli,
  { quiet, ...options }: Pick<AnalysisOptions, "quiet" | "ignoreChecksum" | "salvage">,
  { path, checksum, checksumOffset }: Checked,
): void {
  if (checksum !== "mismatch") return;
  const isExpected = options.ignoreChecksum === true || options.salvage === true;
  if (quiet !== true || !isExpected) {
    note(cli, `${path}: ${new RdbError("CHECKSUM_MISMATCH", checksumOffset).message}`);
  }
  if (!isExpected) raiseStatus(cli, EXIT.damaged);
}
