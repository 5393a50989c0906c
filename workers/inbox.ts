import type { MessagePort } from "node:worker_threads";

/** The messages of a port in order, none lost however they come. */
export class Inbox<T> {
  private readonly waiting: T[] = [];
  private wake: (() => void) | undefined;

  constructor(port: MessagePort) {
    port.on("message", (message: T) => {
      this.waiting.push(message);
      this.wake?.();
    });
  }

  async next(): Promise<T> {
    while (this.waiting.length === 0) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.waiting.shift() as T;
  }
}
