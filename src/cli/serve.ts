import { once } from "node:events";
import os from "node:os";
import { Command } from "commander";
import { Interrupted } from "./exit-status.ts";
import { interruptible } from "./interrupt.ts";
import { type Cli, warner, writeLines } from "./io.ts";
import { addInputOptions, addRunOptions, checkOptions, SERVE_OPTIONS, type ServeOptions } from "./options.ts";
import { checkFolder } from "./query.ts";
import { loopback } from "./serve/address.ts";
import { withInventoryFile } from "./target.ts";

/** `rdbscope serve FILE` */
export function serveCommand(cli: Cli): Command {
  const command = new Command("serve")
    .description("the report as a page of this machine, with an SQL console, key search and explanations")
    .argument("<file>", "a snapshot or an inventory")
    .option("--port <n>", "where to listen (0: any that is free)", "0")
    .option("--host <address>", "an address of this machine alone: 127.0.0.1, ::1, localhost", "127.0.0.1")
    .option("--timeout <time>", "how long a question may take, such as 30s or 1h (0: no limit)", "1m")
    .option("--max-memory <size>", "memory that it may take, such as 500M (0: no limit)", "1G")
    .option(
      "--snapshot-file <file>",
      "where an inventory's snapshot is now, if it was moved: to explain keys",
    )
    .option("--quiet", "no progress and no notes on stderr");
  addInputOptions(addRunOptions(command));
  return command.action((file: string) => run(cli, file, command));
}

async function run(cli: Cli, file: string, command: Command): Promise<void> {
  const options = checkOptions(SERVE_OPTIONS, command);
  const host = loopback(options.host);
  if (options.tempDir !== undefined) checkFolder(options.tempDir);
  await withInventoryFile(cli, file, options, { keys: "all" }, (inventory) =>
    untilInterrupted((signal) => serve(cli, inventory, { ...options, host }, signal)),
  );
}

async function serve(
  cli: Cli,
  file: { readonly path: string; readonly name: string },
  options: ServeOptions,
  signal: AbortSignal,
): Promise<void> {
  const { host, port, timeout: timeoutMs, maxMemory, snapshotFile, tempDir, maxExpanded } = options;
  const { servedOf, listen, makeToken } = await import("./serve/index.ts");
  const limits = { timeoutMs, maxMemory, sortFolder: tempDir ?? os.tmpdir() };
  const served = await servedOf(file, limits, { snapshotFile, tempDir, maxExpanded });
  const token = makeToken();
  const server = await listen(served, { host, port, token });
  try {
    const name = host.includes(":") ? `[${host}]` : host;
    await writeLines(cli, [`http://${name}:${server.port}/#token=${token}`]);
    const tell = warner(cli, options.quiet);
    tell(`serving ${file.name} to this machine alone, to whoever has that address; Ctrl-C ends it`);
    await once(signal, "abort");
  } finally {
    await server.close();
  }
}

/** Works until Ctrl-C or SIGTERM: that is how a server ends, so it is no failure. */
async function untilInterrupted(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  try {
    await interruptible(work);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  }
}
