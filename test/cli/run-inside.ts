import { Writable } from "node:stream";
import { run } from "../../src/cli/run.ts";

/** What a command line wrote, byte for byte. */
export interface RanInside {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** Runs the CLI in this process: quicker than `runCli`, and stdout may be a terminal. */
export async function runInside(args: readonly string[], terminal = false): Promise<RanInside> {
  const [stdout, stderr] = [sink(), sink()];
  const columns = terminal ? { isTTY: true, columns: 100 } : {};
  const status = await run(args, {
    stdout: Object.assign(stdout.stream, columns),
    stderr: stderr.stream,
    env: {},
    status: 0,
    outputError: undefined,
  });
  return { status, stdout: Buffer.concat(stdout.parts), stderr: Buffer.concat(stderr.parts) };
}

function sink() {
  const parts: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      parts.push(Buffer.from(chunk));
      done();
    },
  });
  return { parts, stream };
}
