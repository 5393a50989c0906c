import fs from "node:fs";
import path from "node:path";
import { IoError, reasonOf, UsageError } from "../errors.ts";
import { isInventoryFile } from "../inventory/open.ts";
import { isSnapshotFile } from "../io/inputs/index.ts";
import { TempFile } from "../io/temp-file.ts";
import { type Cli, write } from "./io.ts";

/** Takes what is written, in order; resolves when there is room for more. */
export type Take = (piece: string | Uint8Array) => Promise<void>;

/**
 * Lets `work` write to a file, which gets its name when all of it is written and synced, or to stdout.
 * @throws {UsageError} when the file is there and not to be replaced, {IoError} when it cannot be written
 */
export async function withDestination<T>(
  cli: Cli,
  { output, force = false }: { readonly output?: string | undefined; readonly force?: boolean | undefined },
  work: (take: Take) => Promise<T>,
): Promise<T> {
  if (output === undefined) {
    if (force) throw new UsageError("--force needs --output");
    return work((piece) => write(cli, piece));
  }
  const file = new TempFile(output, force);
  try {
    const handle = await fs.promises.open(file.path, "w");
    let result: T;
    try {
      result = await work(async (piece) => {
        if (typeof piece === "string") await handle.appendFile(piece);
        else await writeAll(handle, piece);
      });
      await handle.sync();
    } catch (cause) {
      throw cannotWrite(output, cause);
    } finally {
      await handle.close();
    }
    file.publish();
    return result;
  } finally {
    file.discard();
  }
}

async function writeAll(handle: fs.promises.FileHandle, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.length; ) {
    at += (await handle.write(piece, at, piece.length - at)).bytesWritten;
  }
}

/** An error of the system names the folder; any other stays what it is. */
function cannotWrite(output: string, cause: unknown): unknown {
  const { syscall } = cause as NodeJS.ErrnoException;
  if (syscall === undefined || cause instanceof IoError) return cause;
  return new IoError(`cannot write in ${path.dirname(path.resolve(output))}: ${reasonOf(cause)}`, { cause });
}

/** @throws {UsageError} when what is read would be replaced, or another snapshot or inventory, with `--force` too */
export function refuseReplacing(input: string, output: string | undefined, option = "--output"): void {
  if (output === undefined || !fs.statSync(output, { throwIfNoEntry: false })?.isFile()) return;
  const isInput = fs.existsSync(input) && fs.realpathSync(input) === fs.realpathSync(output);
  const what = isInput ? "what is read" : WORTH_KEEPING.find(([, isIt]) => isIt(output))?.[0];
  if (what !== undefined) throw new UsageError(`${output} is ${what}: give another name with ${option}`);
}

/** Files that an export never makes. */
const WORTH_KEEPING: readonly (readonly [what: string, isIt: (file: string) => boolean])[] = [
  ["an inventory", isInventoryFile],
  ["a snapshot", isSnapshotFile],
];
