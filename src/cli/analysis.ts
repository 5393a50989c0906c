import type { AnalyzeOptions as EngineOptions, AnalyzeResult } from "../index.ts";
import { EXIT } from "./exit-status.ts";
import { interruptible } from "./interrupt.ts";
import { type Cli, note } from "./io.ts";
import { defined, type RunOptions } from "./options.ts";
import { ProgressBar } from "./progress.ts";

type Chosen = Omit<EngineOptions, "workers" | "profile" | "onProgress" | "signal" | "tempDir">;

/** Runs an analysis under a progress bar; Ctrl-C ends it. A wrong checksum sets the exit status. */
export async function runAnalysis(
  cli: Cli,
  options: RunOptions,
  chosen: Chosen,
  tempDir?: string,
): Promise<AnalyzeResult> {
  const { analyze } = await import("../index.ts");
  const bar = new ProgressBar(cli, options.quiet === true);
  try {
    const { workers, profile } = options;
    const run = defined({ workers, profile, tempDir: tempDir ?? options.tempDir }) as Partial<EngineOptions>;
    const result = await interruptible((signal) =>
      analyze({ ...chosen, ...run, signal, onProgress: (progress) => bar.update(progress) }),
    );
    bar.stop();
    reportChecksums(cli, options, result);
    return result;
  } finally {
    bar.stop();
  }
}

function reportChecksums(cli: Cli, options: RunOptions, { snapshots }: AnalyzeResult): void {
  for (const { path, checksum } of snapshots) {
    if (checksum !== "mismatch") continue;
    if (options.quiet !== true || options.ignoreChecksum !== true) {
      note(cli, `CHECKSUM_MISMATCH: ${path} has a checksum that does not match: bytes of it were changed`);
    }
    if (options.ignoreChecksum !== true) cli.status = EXIT.damaged;
  }
}
