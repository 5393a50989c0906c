import { FileSource } from "./file-source.ts";
import { fingerprint } from "./fingerprint.ts";
import { fileOfInput, inspectInput } from "./inputs/index.ts";

/** A hash of the beginning and the end of a file as it is given; null for what cannot be read, or not twice. */
export function fingerprintOfInput(name: string): string | null {
  let source: FileSource | undefined;
  try {
    const file = fileOfInput(name);
    if (file === undefined) return null;
    source = new FileSource(file);
    return fingerprint(source);
  } catch {
    return null; // Whoever opens it to read says what is wrong with it.
  } finally {
    source?.close();
  }
}

/** Bytes of an input as it is given, 0 where it does not say, or cannot be read. */
export function sizeOfInput(name: string): number {
  try {
    return inspectInput(name);
  } catch {
    return 0;
  }
}
