import { Interrupted } from "./exit-status.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Does work that Ctrl-C and SIGTERM abort in an orderly way; a second one ends the process at once.
 * @throws {Interrupted} when it was aborted.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const abort = () => {
    for (const name of SIGNALS) process.off(name, abort);
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
