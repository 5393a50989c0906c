interface Task {
  readonly port?: { close(): void };
  readonly credits?: SharedArrayBuffer | number;
}

/** Nobody can take what a worker writes before it is done. */
const ENOUGH_CREDITS = 2 ** 30;

type Worker = (task: Task) => unknown;

/**
 * Stands in for piscina in a fuzzing child: the workers' own code, called in this thread. No thread has to be started
 * for each case, and what they throw, hold and leave behind is seen here. The CLI's cases run on real threads.
 */
export class Piscina {
  private readonly ports: { close(): void }[] = [];
  private readonly begun: Int32Array;

  constructor({ workerData }: { readonly workerData: Int32Array }) {
    this.begun = workerData;
  }

  async run(task: Task, { filename }: { readonly filename: string }): Promise<unknown> {
    if (task.port !== undefined) this.ports.push(task.port);
    if (task.credits instanceof SharedArrayBuffer) new Int32Array(task.credits)[0] = ENOUGH_CREDITS;
    const { default: work } = (await import(filename)) as { default: Worker };
    Atomics.add(this.begun, 0, 1);
    // As on a thread: whoever made the task goes on before the work begins.
    await new Promise((resolve) => setImmediate(resolve));
    return work(task);
  }

  on(): this {
    return this;
  }

  async destroy(): Promise<void> {
    for (const port of this.ports) port.close();
  }
}
