import { Readable, Writable } from "node:stream";
import { run } from "../../src/cli/run.ts";
import { start } from "./run-cli.ts";

/** What a command line wrote, byte for byte. */
export interface RanInside {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/**
 * Runs the CLI in this process: quicker than `runCli`, and stdout may be a terminal of so many columns. But `query`, which has
 * its answer written by another process, is run as one, whose stdout is a pipe.
 */
export async function runInside(
  args: readonly string[],
  terminal: boolean | number = false,
): Promise<RanInside> {
  if (args[0] === "query") return runOutside(args);
  const [stdout, stderr] = [sink(), sink()];
  const columns = terminal === false ? {} : { isTTY: true, columns: terminal === true ? 100 : terminal };
  const status = await run(args, {
    stdin: Readable.from([]),
    stdout: Object.assign(stdout.stream, columns),
    stderr: stderr.stream,
    env: {},
    status: 0,
    outputError: undefined,
  });
  return { status, stdout: Buffer.concat(stdout.parts), stderr: Buffer.concat(stderr.parts) };
}

function runOutside(args: readonly string[]): Promise<RanInside> {
  return new Promise((resolve, reject) => {
    const child = start(args);
    const [stdout, stderr] = [sink(), sink()];
    child.stdout.pipe(stdout.stream);
    child.stderr.pipe(stderr.stream);
    child.on("error", reject).on("close", (status) => {
      resolve({
        status: status ?? -1,
        stdout: Buffer.concat(stdout.parts),
        stderr: Buffer.concat(stderr.parts),
      });
    });
  });
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
