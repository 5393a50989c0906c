import { SingleBar } from "cli-progress";
import type { Progress as EngineProgress } from "../index.ts";
import { humanBytes, humanCount } from "../reports/units.ts";
import { type Cli, writeEvent } from "./io.ts";
import type { RunOptions } from "./options.ts";

const WORDS = { unpack: "unpacking", read: "reading", merge: "merging", write: "writing" } as const;

/** How far a command has come. A dataset is written when all is read: `keys` are those written, of `keysTotal`. */
type Progress = Omit<EngineProgress, "phase"> &
  ({ readonly phase: EngineProgress["phase"] } | { readonly phase: "write"; readonly keysTotal: number });

/** Tells how far something has come; to be stopped in the end, whatever that is. */
interface ProgressReporter {
  update(progress: Progress): void;
  /** All was read. */
  done(): void;
  stop(): void;
}

/** What tells how far the reading of these files has come, as the options have it. */
export function progressOf(
  cli: Cli,
  options: Pick<RunOptions, "quiet" | "progress">,
  files: readonly string[],
  startedAt = Date.now(),
): ProgressReporter {
  if (options.progress === "json") return new ProgressLines(cli, files, startedAt);
  return options.quiet === true || cli.stderr.isTTY !== true ? SILENT : new ProgressBar(cli);
}

/** Tells how far the writing of a dataset's partition has come, of a file of so many bytes whose reading began at `startedAt`. */
export async function writingProgress(
  cli: Cli,
  options: Pick<RunOptions, "quiet" | "progress">,
  { file, bytes, startedAt }: { readonly file: string; readonly bytes: number; readonly startedAt: number },
  write: (onRows: (written: number, all: number) => void) => Promise<unknown>,
): Promise<void> {
  const bar = progressOf(cli, options, [file], startedAt);
  try {
    await write((keys, keysTotal) =>
      bar.update({ phase: "write", bytesDone: bytes, bytesTotal: bytes, keys, keysTotal }),
    );
  } finally {
    bar.stop();
  }
}

const SILENT: ProgressReporter = { update: () => {}, done: () => {}, stop: () => {} };

/** A bar on a terminal's stderr, from the first that is told on: how much, how fast since this phase began, how long yet. */
class ProgressBar implements ProgressReporter {
  private readonly bar: SingleBar;
  private begun:
    | { readonly phase: Progress["phase"]; readonly at: number; readonly done: number }
    | undefined;
  private isStopped = false;

  constructor(cli: Cli) {
    this.bar = new SingleBar({
      format: "{phase} {bar} {percentage}%  {done} of {all}  {speed}  {left}  {count}",
      barsize: 24,
      stream: cli.stderr,
      clearOnComplete: true,
      hideCursor: true,
      gracefulExit: false,
      fps: 8,
    });
  }

  update(progress: Progress): void {
    if (this.isStopped) return;
    const { phase, bytesDone, bytesTotal, keys } = progress;
    const [done, all, human] =
      progress.phase === "write"
        ? [keys, progress.keysTotal, humanCount]
        : [bytesDone, bytesTotal, humanBytes];
    const speed = this.speedOf(phase, done);
    const told = {
      phase: WORDS[phase],
      done: human(done),
      all: human(all),
      speed: speed > 0 ? `${human(speed)}/s` : "",
      left: timeLeft(all - done, speed),
      count: phase === "read" || phase === "merge" ? `${humanCount(keys)} keys` : "",
    };
    const total = Math.max(1, all);
    if (!this.bar.isActive) this.bar.start(total, 0, told);
    this.bar.setTotal(total);
    this.bar.update(done, told);
  }

  done(): void {
    this.stop();
  }

  stop(): void {
    this.isStopped = true;
    this.bar.stop();
  }

  /** What is done in a second of this phase. Of several files each is unpacked by itself: what is done begins at 0 again. */
  private speedOf(phase: Progress["phase"], done: number): number {
    const now = Date.now();
    if (phase !== this.begun?.phase || done < this.begun.done) this.begun = { phase, at: now, done };
    return (done - this.begun.done) / Math.max(0.001, (now - this.begun.at) / 1000);
  }
}

const LINE_MS = 1000;

/** A line of JSON on stderr at the beginning of each phase, each second, and in the end: docs/fleet.md has its members. */
class ProgressLines implements ProgressReporter {
  private readonly cli: Cli;
  /** The file, where there is one. */
  private readonly file: string | null;
  private readonly startedAt: number;
  private toldAt = 0;
  private told: Progress | undefined;
  /** What was not told yet. */
  private last: Progress | undefined;

  constructor(cli: Cli, files: readonly string[], startedAt: number) {
    this.cli = cli;
    this.startedAt = startedAt;
    this.file = files.length === 1 ? files[0]! : null;
  }

  update(progress: Progress): void {
    this.last = progress.phase === "merge" ? allOf(progress) : progress;
    if (progress.phase !== this.told?.phase || Date.now() - this.toldAt >= LINE_MS) this.tell();
  }

  done(): void {
    const reached = this.last ?? this.told;
    if (reached !== undefined && reached.bytesDone < reached.bytesTotal) this.last = allOf(reached);
    this.stop();
  }

  stop(): void {
    this.tell();
  }

  private tell(): void {
    if (this.last === undefined) return;
    const { phase, bytesDone, bytesTotal, keys } = this.last;
    const keysTotal = this.last.phase === "write" ? this.last.keysTotal : null;
    this.told = this.last;
    this.last = undefined;
    this.toldAt = Date.now();
    const seconds = (this.toldAt - this.startedAt) / 1000;
    const bytes = { bytes_done: bytesDone, bytes_total: bytesTotal };
    const facts = { phase, ...bytes, keys, keys_total: keysTotal, file: this.file, seconds };
    writeEvent(this.cli, "progress", facts);
  }
}

/** Some bytes are no record's, such as those of the checksum: in the end they are done like all others. */
function allOf(progress: Progress): Progress {
  return { ...progress, bytesDone: progress.bytesTotal };
}

function timeLeft(left: number, speed: number): string {
  if (speed <= 0) return "";
  const seconds = Math.ceil(left / speed);
  return seconds < 60
    ? `${seconds}s left`
    : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, "0")}s left`;
}
