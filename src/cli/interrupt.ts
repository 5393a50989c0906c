import { removeOwn } from "../io/leftovers.ts";
import { EXIT, Interrupted } from "./exit-status.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Threads may be in the middle of something: they are not waited for. */
function endNow(): never {
  removeOwn();
  process.exit(EXIT.interrupted);
}

/**
 * Does work that Ctrl-C and SIGTERM abort in an orderly way; a second one ends the process at once.
 * @throws {Interrupted} when it was aborted.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const abort = () => {
    if (controller.signal.aborted) endNow();
    controller.abort(new Interrupted("interrupted"));
  };
  for (const name of SIGNALS) process.on(name, abort);
  try {
    const result = await work(controller.signal);
    if (controller.signal.aborted) throw new Interrupted("interrupted");
    return result;
  } catch (error) {
    throw controller.signal.aborted ? new Interrupted("interrupted", { cause: error }) : error;
  } finally {
    for (const name of SIGNALS) process.off(name, abort);
  }
}
