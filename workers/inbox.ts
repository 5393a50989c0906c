import type { MessagePort } from "node:worker_threads";

/** The messages of a port in order, none lost however they come. */
export class Inbox<T> {
  private readonly waiting: T[] = [];
  private wake: (() => void) | undefined;
  private isClosed = false;

  constructor(port: MessagePort) {
    port.on("close", () => {
      this.isClosed = true;
      this.wake?.();
    });
    port.on("message", (message: T) => {
      this.waiting.push(message);
      this.wake?.();
    });
  }

  /** @throws when the other side closes the port: nobody wants an answer any more */
  async next(): Promise<T> {
    while (this.waiting.length === 0) {
      if (this.isClosed) throw new Error("the port was closed");
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.waiting.shift() as T;
  }
}
