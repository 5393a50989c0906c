import { SingleBar } from "cli-progress";
import type { Progress } from "../index.ts";
import { humanBytes, humanCount } from "../reports/units.ts";
import type { Cli } from "./io.ts";

const WORDS = { unpack: "unpacking", read: "reading", merge: "merging" } as const;

/** A bar on a terminal's stderr: how much, how fast, how long yet. Nothing anywhere else. */
export class ProgressBar {
  private readonly bar: SingleBar | undefined;
  private readonly startedAt = Date.now();

  constructor(cli: Cli, quiet: boolean) {
    if (quiet || cli.stderr.isTTY !== true) return;
    this.bar = new SingleBar({
      format: "{phase} {bar} {percentage}%  {done} of {all}  {speed}/s  {left}  {count}",
      barsize: 24,
      stream: cli.stderr,
      clearOnComplete: true,
      hideCursor: true,
      gracefulExit: false,
      fps: 8,
    });
    this.bar.start(1, 0, { phase: WORDS.read, done: "", all: "", speed: "", left: "", count: "" });
  }

  update({ phase, bytesDone, bytesTotal, keys }: Progress): void {
    if (this.bar === undefined) return;
    const seconds = Math.max(0.001, (Date.now() - this.startedAt) / 1000);
    const speed = bytesDone / seconds;
    this.bar.setTotal(Math.max(1, bytesTotal));
    this.bar.update(bytesDone, {
      phase: WORDS[phase],
      done: humanBytes(bytesDone),
      all: humanBytes(bytesTotal),
      speed: humanBytes(speed),
      left: timeLeft(bytesTotal - bytesDone, speed),
      count: phase === "unpack" ? "" : `${humanCount(keys)} keys`,
    });
  }

  stop(): void {
    this.bar?.stop();
  }
}

function timeLeft(bytes: number, speed: number): string {
  if (speed <= 0) return "";
  const seconds = Math.ceil(bytes / speed);
  return seconds < 60
    ? `${seconds}s left`
    : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, "0")}s left`;
}
