import { type ChildProcess, fork } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type ChildSettings, HANG_MS, type Order, type Outcome } from "./protocol.ts";

const CHILD = fileURLToPath(new URL("./child.ts", import.meta.url));
const HOOKS = new URL("./hooks.ts", import.meta.url).href;
/** A child that holds more is replaced: only what one case takes is to count. */
const WORN_BYTES = 240 * 2 ** 20;
/** Caps what V8 keeps before it collects, so that what is measured is what is held. */
const HEAP_MB = 128;
/** Kept of what a child says on stderr. */
const TOLD_CHARACTERS = 2000;

/** One child at a time, replaced when it is old, dead or does not answer. */
export class Children {
  private readonly settings: ChildSettings;
  private child: ChildProcess | undefined;
  private stderr = "";

  constructor(seed: number, place: string) {
    const folder = fs.mkdtempSync(path.join(place, "child-"));
    this.settings = { seed, seeds: path.join(place, "seeds"), folder };
  }

  /** Runs one case; a child that dies or hangs over it is a finding. */
  async run(order: Order): Promise<Outcome> {
    this.child ??= this.start();
    const outcome = await this.answer(this.child, order);
    if (outcome.finding !== undefined || outcome.rssBytes > WORN_BYTES) this.stop();
    return outcome;
  }

  close(): void {
    this.stop();
  }

  private start(): ChildProcess {
    this.stderr = "";
    const execArgv = ["--import", "tsx", "--import", HOOKS, `--max-old-space-size=${HEAP_MB}`];
    const child = fork(CHILD, [JSON.stringify(this.settings)], {
      execArgv,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.stderr = (this.stderr + text).slice(-TOLD_CHARACTERS);
    });
    return child;
  }

  private stop(): void {
    this.child?.kill("SIGKILL");
    this.child = undefined;
  }

  private answer(child: ChildProcess, order: Order): Promise<Outcome> {
    return new Promise((resolve) => {
      const end = (outcome: Outcome) => {
        clearTimeout(timer);
        child.off("message", end).off("exit", onExit);
        resolve(outcome);
      };
      const fail = (outcome: string, finding: string) =>
        end({ id: order.id, outcome, finding, ms: HANG_MS, rssBytes: 0 });
      const onExit = (status: number | null, signal: string | null) =>
        fail("died", `the process died: ${signal ?? status} ${this.stderr}`);
      const timer = setTimeout(() => fail("timeout", `no answer within ${HANG_MS} ms`), HANG_MS);
      child.on("message", end).on("exit", onExit);
      child.send(order);
    });
  }
}
