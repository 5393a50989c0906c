import { RdbError } from "../../parsers/errors.ts";

/** Names the snapshot in whatever is said to be wrong with it: there may be several. */
export async function inFile<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw named(path, error);
  }
}

/** `inFile` for work that is done at once. */
export function inFileSync<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw named(path, error);
  }
}

function named(path: string, error: unknown): unknown {
  if (error instanceof RdbError && !error.message.startsWith(`${path}: `)) {
    error.message = `${path}: ${error.message}`;
  }
  return error;
}
