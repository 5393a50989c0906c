import type { AnalyzeResult, AnalyzeOptions as EngineOptions, Progress } from "../index.ts";
import { EXIT } from "./exit-status.ts";
import { interruptible } from "./interrupt.ts";
import { type Cli, note } from "./io.ts";
import type { AnalysisOptions } from "./options.ts";
import { ProgressBar } from "./progress.ts";

type Chosen = Omit<EngineOptions, "workers" | "profile" | "onProgress" | "signal">;

/** Runs an analysis under a progress bar; Ctrl-C ends it. A wrong checksum sets the exit status. */
export async function runAnalysis(
  cli: Cli,
  options: AnalysisOptions,
  chosen: Chosen,
): Promise<AnalyzeResult> {
  const { analyze } = await import("../index.ts");
  const bar = new ProgressBar(cli, options.quiet === true);
  try {
    const { workers, profile } = options;
    const onProgress = (progress: Progress) => bar.update(progress);
    const result = await interruptible((signal) =>
      analyze({ ...chosen, workers, profile, signal, onProgress }),
    );
    bar.stop();
    reportChecksums(cli, options, result);
    return result;
  } finally {
    bar.stop();
  }
}

function reportChecksums(cli: Cli, options: AnalysisOptions, { snapshots }: AnalyzeResult): void {
  for (const { path, checksum } of snapshots) {
    if (checksum !== "mismatch") continue;
    if (options.quiet !== true || options.ignoreChecksum !== true) {
      note(cli, `CHECKSUM_MISMATCH: ${path} has a checksum that does not match: bytes of it were changed`);
    }
    if (options.ignoreChecksum !== true) cli.status = EXIT.damaged;
  }
}
